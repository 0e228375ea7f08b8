#pragma once

#include <optional>
#include <string>
#include <vector>

#include "runtime/base/error.hpp"
#include "runtime/graph/failure_policy.hpp"

namespace weir {

/// A failure as the history of a stage has it.
struct past_failure {
  time_point at{};
  std::string call;
  error cause;
  std::string where;    ///< the input's file and line of the chunk at hand, where known
  std::string tried{};  ///< what was tried before it counted as a failure, if anything
};

/// How long to wait before the attempt number `attempt` (from 1) since the waits began.
///
/// `chance` in [0, 1) says where within the jitter the wait lies.
nanoseconds backoff_wait(const restart_backoff& how, std::uint32_t attempt, double chance);
nanoseconds backoff_wait(const retry_backoff& how, std::uint32_t attempt, double chance);

/// A wait as people read it: from 1 ms on in whole milliseconds.
std::string wait_text(nanoseconds wait);

/// The least time in which more than `most` restarts can follow each other, whatever the jitter.
/// Longer than `within`: a stage that fails at once each time is restarted without end.
nanoseconds least_time_to_exceed(const restart_limits& limits);

/// The attempts to make a call that failed for a temporary cause, until it is done or for too long.
///
/// Memory: the first failure.
class retry_series {
 public:
  explicit retry_series(past_failure first) : first_(std::move(first)) {}

  /// It failed again, or for the first time, at `now`. Answers how long to wait before the next
  /// attempt, 1 ms at least but not beyond the deadline; none: the deadline has passed.
  std::optional<nanoseconds> failed(const retry_limits& limits, time_point now,
                                    double chance) const;
  /// An attempt is made.
  void attempt() { ++attempts_; }

  const past_failure& first() const { return first_; }
  /// `tried again 4 times in 1.5s`.
  std::string told(time_point now) const;

 private:
  past_failure first_;
  std::uint32_t attempts_ = 0;
};

/// What is remembered of a stage's failures to decide about the next one.
///
/// Memory: `most + 1` failures.
class restart_history {
 public:
  explicit restart_history(const restart_limits& limits) : limits_(limits) {}

  /// The stage failed. Answers how long to wait before the next attempt; none: it was restarted
  /// `most` times within `within` already, so that the run has to end.
  std::optional<nanoseconds> failed(past_failure what, double chance);

  /// The failures within the last `within` as of the last, oldest first: the first cause leads.
  const std::vector<past_failure>& recent() const { return recent_; }
  /// Of `recent`, each as one line.
  std::vector<std::string> told() const;

 private:
  restart_limits limits_;
  std::vector<past_failure> recent_;
  std::optional<time_point> last_;
  std::uint32_t attempt_ = 0;  // since the waits began
};

}  // namespace weir
