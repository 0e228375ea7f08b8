#include "runtime/executor/call_times.hpp"

namespace weir {
namespace {

// A look at the clock takes some 25 ns, so that it is a hundredth of a call this long.
constexpr nanoseconds long_call = std::chrono::microseconds(2);
constexpr std::uint64_t runs_a_sample = 16;
constexpr std::uint32_t most_unlooked = 64;

}  // namespace

void call_times::begin(time_point now) {
  one_by_one_ = mean_call_ >= long_call || runs_++ % runs_a_sample == 0;
  calls_ = 0;
  unlooked_ = 0;
  began_ = looked_ = now;
}

// How long ago the clock was last looked at.
nanoseconds call_times::look() {
  const time_point before = looked_;
  looked_ = time_.now();
  unlooked_ = 0;
  return looked_ - before;
}

time_point call_times::returned(std::size_t stage) {
  ++calls_;
  ++unlooked_;
  if (one_by_one_) {
    const nanoseconds took = look();
    timed_[stage] += took;
    all_timed_ += took;
  } else if (unlooked_ == most_unlooked) {
    undivided_ += look();
  }
  return looked_;
}

time_point call_times::end() {
  if (unlooked_ > 0) undivided_ += look();
  if (calls_ > 0) mean_call_ = (looked_ - began_) / calls_;
  return looked_;
}

nanoseconds call_times::busy(std::size_t stage) const {
  if (all_timed_ == nanoseconds(0)) return undivided_ / timed_.size();
  const double share =
      static_cast<double>(timed_[stage].count()) / static_cast<double>(all_timed_.count());
  const double of_undivided = share * static_cast<double>(undivided_.count());
  return timed_[stage] + nanoseconds(static_cast<std::int64_t>(of_undivided));
}

}  // namespace weir
