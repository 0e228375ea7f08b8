#pragma once

#include <chrono>

namespace weir {

using std::chrono::nanoseconds;

/// Monotonic time: for waits, deadlines and busy time.
using time_point = std::chrono::time_point<std::chrono::steady_clock, nanoseconds>;
/// Civil time in UTC: for timestamps in records and events.
using wall_time = std::chrono::time_point<std::chrono::system_clock, nanoseconds>;

/// As long as for ever: what is waited for in one go, so that a far deadline can't overflow.
inline constexpr nanoseconds longest_wait = std::chrono::hours(24 * 365);

/// Where the runtime gets the time from, so that tests and simulation can own it.
///
/// Threads: both calls may be made from any thread.
class clock {
 public:
  virtual ~clock() = default;
  virtual time_point now() const = 0;
  virtual wall_time wall() const = 0;
};

/// The machine's own clocks.
const clock& machine_clock();

/// A clock that moves only when told to.
///
/// Threads: one thread at a time.
class manual_clock final : public clock {
 public:
  time_point now() const override { return now_; }
  wall_time wall() const override { return wall_; }
  void advance(nanoseconds by) {
    now_ += by;
    wall_ += by;
  }

 private:
  time_point now_{};
  wall_time wall_{};
};

}  // namespace weir
