#include "actors/support/group_meeting.hpp"

#include <utility>

namespace weir {

bool group_meeting::bring(share& mine, share& other) {
  if (mine.workers == workers_) return true;
  const std::lock_guard lock(mutex_);
  if (waiting_.states)
    other = std::exchange(waiting_, {});
  else
    waiting_ = std::exchange(mine, {});
  return false;
}

}  // namespace weir
