#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/graph_builder.hpp"
#include "tests/support/number_stages.hpp"

namespace weir::testing {

/// Which calls of a stage fail, however many instances it has, and how many there were.
///
/// Threads: any; `fails` is called by one at a time.
class faults {
 public:
  /// Whether a call fails, by its name, the numbers that it is on, and how many calls of that name
  /// there were before.
  using chooser = std::function<bool(const std::string& call,
                                     const std::vector<std::int64_t>& numbers, unsigned before)>;
  /// `passing` chooses those that fail for a temporary cause; none: no call does.
  explicit faults(chooser fails, chooser passing = nullptr)
      : fails_(std::move(fails)), passing_(std::move(passing)) {}

  /// A call was made; why it fails, if it does.
  std::optional<error> due(const std::string& call, const chunk_ptr& on = nullptr);
  /// How many calls of that name there were.
  unsigned count(const std::string& call) const;
  /// How many of all calls failed.
  unsigned failed() const { return failed_; }

 private:
  chooser fails_;
  chooser passing_;
  mutable std::mutex lock_;
  std::map<std::string, unsigned> counts_;
  std::atomic<unsigned> failed_ = 0;
};

/// The same transform or sink, some calls of which fail: a transform's after it has given what it
/// would give, which must not be seen; a sink's before it has taken anything.
made_stage with_faults(made_stage stage, std::shared_ptr<faults> by);

/// A policy that waits next to nothing, and that gives up after `most` restarts in an hour.
failure_policy quick(failure_action what, std::uint32_t most = 1'000'000);

/// The same, and a call that fails for a temporary cause is made again each millisecond for so
/// long.
failure_policy retrying(failure_action what, nanoseconds deadline);

}  // namespace weir::testing
