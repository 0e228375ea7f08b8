#pragma once

#include <cstdint>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/executors.hpp"
#include "tests/support/faulty_stages.hpp"

namespace weir::testing {

/// Where a stage is called: with an actor of its own, with a thread of its own, or behind the stage
/// above in one.
enum class lodging : std::uint8_t { apart, blocking, fused };
inline constexpr lodging all_lodgings[] = {lodging::apart, lodging::blocking, lodging::fused};

/// What one run of `numbers -> faulty -> collect` made, with what `faulty` refused.
struct faulty_run {
  std::optional<run_report> report;
  std::vector<std::int64_t> got;
  std::vector<std::int64_t> rejected;
  std::vector<std::string> reasons;  ///< of the rejected ones
  std::vector<run_event> events;

  std::size_t count(run_event::kind what) const;
  /// A figure of the stage of that name.
  std::uint64_t figure(const std::string& stage, std::uint64_t stage_report::*what) const;
};

/// The stage as it can be lodged so.
made_stage lodged(made_stage stage, lodging how);
/// A source whose reader can be lodged so.
made_stage numbers_for(lodging how, std::uint64_t count, std::uint32_t chunk);
/// A stage called `faulty` that passes on all it is given, where no call is to fail.
made_stage faulty_pass(const std::shared_ptr<faults>& by, lodging how, failure_policy policy);

faulty_run run_faulty(const named_executor& by, made_stage faulty, lodging how,
                      std::uint64_t count = 100, std::uint32_t chunk = 10);

/// How a run is ended while a stage waits.
struct early_end {
  bool drains = false;   ///< else it is aborted
  bool is_long = false;  ///< the wait outlasts the budget of a drain, which then is short
};
/// Runs `faulty` on numbers without end, and ends the run when an event of that kind is told.
faulty_run end_once_told(const named_executor& by, made_stage faulty, lodging how,
                         run_event::kind told, early_end end);

inline std::vector<std::int64_t> up_to(std::uint64_t count) {
  std::vector<std::int64_t> all(count);
  std::iota(all.begin(), all.end(), 0);
  return all;
}

/// Calls `check` for each executor and each way to lodge a stage.
template <class Check>
void everywhere(const Check& check) {
  for (const auto& by : all_executors())
    for (const auto how : all_lodgings) check(by, how);
}

}  // namespace weir::testing
