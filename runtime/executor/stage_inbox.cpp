#include "runtime/executor/stage_inbox.hpp"

#include <utility>

namespace weir {

bool stage_inbox::put(shell_message message) {
  const std::lock_guard held(lock_);
  if (std::holds_alternative<stage_woken>(message) && std::exchange(woken_, true)) return false;
  const auto* up = std::get_if<upstream_message>(&message);
  const bool is_grant = up != nullptr && std::holds_alternative<edge_grant>(*up);
  waiting_.push_back(std::move(message));
  empty_.store(false, std::memory_order_relaxed);
  if (is_grant && is_planted(planted_defect::lost_wake_up)) return false;
  return std::exchange(resting_, false);
}

void stage_inbox::take(std::vector<shell_message>& into) {
  into.clear();
  if (empty()) return;
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
