#include "runtime/executor/stage_inbox.hpp"

#include <utility>

namespace weir {

bool stage_inbox::put(shell_message message) {
  const std::lock_guard held(lock_);
  if (std::holds_alternative<stage_woken>(message) && std::exchange(woken_, true)) return false;
  waiting_.push_back(std::move(message));
  empty_.store(false, std::memory_order_relaxed);
  return std::exchange(resting_, false);
}

void stage_inbox::take(std::vector<shell_message>& into) {
  into.clear();
  if (empty_.load(std::memory_order_relaxed)) return;
  const std::lock_guard held(lock_);
  waiting_.swap(into);
  empty_.store(true, std::memory_order_relaxed);
  woken_ = false;
}

bool stage_inbox::rest() {
  const std::lock_guard held(lock_);
  if (!waiting_.empty()) return false;
  return resting_ = true;
}

}  // namespace weir
