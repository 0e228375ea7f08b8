#include "actors/support/buffer_pool.hpp"

namespace weir {

std::shared_ptr<buffer> buffer_pool::take() {
  std::unique_ptr<buffer> own;
  {
    const std::lock_guard lock(guard_);
    if (!idle_.empty()) {
      own = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  if (!own) own = std::make_unique<buffer>(capacity_);
  const auto let_go = [pool = weak_from_this()](buffer* used) {
    std::unique_ptr<buffer> idle(used);
    if (const auto still = pool.lock()) still->give_back(std::move(idle));
  };
  return {own.release(), let_go};
}

std::size_t buffer_pool::idle() const {
  const std::lock_guard lock(guard_);
  return idle_.size();
}

void buffer_pool::give_back(std::unique_ptr<buffer> idle) {
  const std::lock_guard lock(guard_);
  if (idle_.size() < kept_max) idle_.push_back(std::move(idle));
}

}  // namespace weir
