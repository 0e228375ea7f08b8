#include "runtime/base/clock.hpp"

namespace weir {
namespace {

class machine final : public clock {
 public:
  time_point now() const override { return std::chrono::steady_clock::now(); }
  wall_time wall() const override { return std::chrono::system_clock::now(); }
};

}  // namespace

const clock& machine_clock() {
  static const machine only;
  return only;
}

}  // namespace weir
