#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "runtime/base/clock.hpp"
#include "runtime/executor/call_watch.hpp"
#include "runtime/executor/stage_instances.hpp"
#include "runtime/graph/plan.hpp"
#include "runtime/observe/run_report.hpp"
#include "runtime/stage/memory_account.hpp"

namespace weir {

/// Which try at a run this is.
struct run_attempt {
  nanoseconds wait{0};                      ///< before stages are opened
  std::optional<stage_failure> after = {};  ///< what the try before it failed of
};

/// What is shared by all shells of a run.
struct run_environment {
  const plan& planned;
  const clock& time;
  memory_budget& budget;
  std::uint64_t seed;
  std::vector<node_instances>& instances;  ///< by node; each shell takes its own
  std::string temporary_folder = "/tmp";
  run_attempt attempt = {};
  /// Calls that may only take so long.
  std::shared_ptr<call_watches> watches = std::make_shared<call_watches>();
  /// Requested once the run is sure to be aborted: when all stages are being told, or behind a
  /// message that has the supervisor tell them. What calls return from then on is void.
  std::stop_source aborting = {};
};

}  // namespace weir
