#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "runtime/base/clock.hpp"

namespace weir {

/// How long each of several stages was in its calls, where these are made in runs, one right after
/// the other.
///
/// To look at the clock costs as much as a short call. So where the calls of the last run took
/// under 2 us each, on average, only one run of sixteen is timed call by call; of the others the
/// whole is timed, in parts of 64 calls at most, and divided as the calls timed were. The sum is
/// exact.
///
/// Threads: one at a time.
class call_times {
 public:
  call_times(const clock& time, std::size_t stages) : time_(time), timed_(stages) {}

  /// A run of calls begins.
  void begin(time_point now);
  /// A call of that stage has returned; answers the time as it was last looked at.
  time_point returned(std::size_t stage);
  /// The run is over; answers when.
  time_point end();

  /// How long that stage was in its calls, in all.
  nanoseconds busy(std::size_t stage) const;

 private:
  nanoseconds look();

  const clock& time_;
  std::vector<nanoseconds> timed_;  // by stage, of the calls timed one by one
  nanoseconds all_timed_{0};
  nanoseconds undivided_{0};  // of the calls that were not

  std::uint64_t runs_ = 0;
  bool one_by_one_ = true;
  std::uint32_t calls_ = 0;     // of this run
  std::uint32_t unlooked_ = 0;  // of those, since the last look
  nanoseconds mean_call_{0};    // of the last run
  time_point began_{};
  time_point looked_{};
};

}  // namespace weir
