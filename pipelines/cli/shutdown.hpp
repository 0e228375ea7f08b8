#pragma once

#include <cstdint>
#include <optional>

#include "runtime/base/clock.hpp"

namespace weir {

/// Decides what signals and the passing of time do to a run, so that it always ends: a first signal
/// drains, a second one aborts, a third leaves. A run keeps to its budgets by itself; where it does
/// not, the end of each budget and some grace are taken for a signal.
///
/// Threads: one thread at a time.
class shutdown {
 public:
  enum class step : std::uint8_t { none, drain, abort, leave };

  /// What a run has beyond the drain's budget to end by itself, and what it has after an abort.
  /// The latter is longer than what an executor gives to single stages, so that its report, which
  /// knows more, comes first.
  static constexpr nanoseconds drain_grace = std::chrono::seconds(1);
  static constexpr nanoseconds abort_grace = std::chrono::seconds(20);

  /// The same signal this close behind another is that one: a terminal tells the whole group of
  /// processes, and a wrapper among them often passes on what it was told.
  static constexpr nanoseconds same_signal = std::chrono::milliseconds(200);

  explicit shutdown(nanoseconds drain_budget) : drain_time_(drain_budget + drain_grace) {}

  /// SIGINT or SIGTERM came.
  step on_signal(int number, time_point now);
  /// The run ends by itself, because it failed: it has as long as after an abort.
  void on_failure(time_point now);
  /// `now` has come: to be called at `deadline()` at the latest.
  step on_time(time_point now);
  std::optional<time_point> deadline() const { return deadline_; }

 private:
  enum class state : std::uint8_t { running, draining, ending, aborting, left };

  step enter(state next, time_point deadline, step what);
  step go_on(time_point now);

  nanoseconds drain_time_;
  state state_ = state::running;
  std::optional<time_point> deadline_;
  int last_signal_ = 0;
  time_point last_signal_at_{};
};

}  // namespace weir
