#pragma once

#include <chrono>
#include <cstdint>

#include "runtime/base/clock.hpp"

namespace weir {

/// What becomes of a stage whose call failed.
enum class failure_action : std::uint8_t {
  fail,     ///< the run ends with the cause
  restart,  ///< what it failed on goes to a new instance
  skip,     ///< the records that it failed on are rejected, and a new instance goes on
  isolate,  ///< the stage and what nothing else leads to are cut off, and the rest goes on
  /// The whole run ends as one that failed, and begins again from its sources' beginning: by
  /// `restart_strategy::one_for_all`. To the stage it is `fail`.
  restart_run,
};

/// Which stages begin anew where one does.
enum class restart_strategy : std::uint8_t {
  one_for_one,   ///< it alone
  rest_for_one,  ///< all below it, too
  one_for_all,   ///< all: the run begins again
};

/// How long to wait before each attempt.
struct restart_backoff {
  nanoseconds first = std::chrono::milliseconds(100);
  double factor = 2;  ///< each wait is so many times the one before
  nanoseconds max = std::chrono::seconds(30);
  double jitter = 0.2;  ///< each wait is up to this part longer or shorter, at random
  /// After so long without a failure the waits begin anew.
  nanoseconds reset_after = std::chrono::seconds(60);

  bool operator==(const restart_backoff&) const = default;
};

/// How often a stage, or the run because of it, may be restarted.
struct restart_limits {
  std::uint32_t most = 3;  ///< more restarts than that within `within` end the run
  nanoseconds within = std::chrono::seconds(5);
  restart_backoff backoff;
  /// Whether a stage may be restarted although what it keeps is lost.
  bool lossy_state = false;

  bool operator==(const restart_limits&) const = default;
};

/// How long to wait before a call is made again.
struct retry_backoff {
  nanoseconds first = std::chrono::milliseconds(100);
  double factor = 2;  ///< each wait is so many times the one before
  nanoseconds max = std::chrono::seconds(5);
  double jitter = 0.2;  ///< each wait is up to this part longer or shorter, at random

  bool operator==(const retry_backoff&) const = default;
};

/// How long a call that failed for a temporary cause is made again, before that is a failure.
struct retry_limits {
  /// From the first failure to the last attempt; 0: such a call is not made again.
  nanoseconds deadline{0};
  retry_backoff backoff;

  bool operator==(const retry_limits&) const = default;
};

/// What a stage's user says of its failures.
struct failure_policy {
  failure_action action = failure_action::fail;
  restart_limits restart;
  retry_limits retry{};

  bool operator==(const failure_policy&) const = default;
};

/// Whether the stage itself goes on after a failure.
inline bool begins_anew(const failure_policy& policy) {
  return policy.action == failure_action::restart || policy.action == failure_action::skip;
}

/// Whether the whole run begins again after a failure.
inline bool restarts_run(const failure_policy& policy) {
  return policy.action == failure_action::restart_run;
}

/// Whether a call that failed for a temporary cause is made again.
inline bool retries(const failure_policy& policy) { return policy.retry.deadline.count() > 0; }

}  // namespace weir
