#pragma once

#include <chrono>

#include "runtime/base/clock.hpp"

namespace weir {

/// The time of day in every test and simulation: 2026-01-01T00:00:00Z.
inline constexpr wall_time trial_time_of_day{std::chrono::seconds(1'767'225'600)};

/// Time goes on, for those who wait, but it is always the same day.
class same_day_clock final : public clock {
 public:
  time_point now() const override { return machine_clock().now(); }
  wall_time wall() const override { return trial_time_of_day; }
};

}  // namespace weir
