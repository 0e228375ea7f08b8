#include "runtime/executor/stage_inbox.hpp"

#include <utility>

namespace weir {
namespace {

bool is_grant(const shell_message& message) {
  const auto* up = std::get_if<upstream_message>(&message);
  return up != nullptr && std::holds_alternative<edge_grant>(*up);
}

}  // namespace

bool stage_inbox::put(shell_message message) {
  const std::lock_guard held(lock_);
  if (std::holds_alternative<stage_woken>(message) && std::exchange(woken_, true)) return false;
  const bool is_lost = is_planted(planted_defect::lost_wake_up) && is_grant(message);
  waiting_.push_back(std::move(message));
  empty_.store(false, std::memory_order_relaxed);
  if (is_lost) return false;
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
