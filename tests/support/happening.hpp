#pragma once

#include <condition_variable>
#include <mutex>

#include "tests/support/hang_limit.hpp"

namespace weir::testing {

/// Something that happens once, in one thread, and that another waits for.
///
/// Threads: any.
class happening {
 public:
  void happen() {
    {
      const std::lock_guard held(lock_);
      happened_ = true;
    }
    changed_.notify_all();
  }
  /// Waits for it, at most as long as a test may; whether it has happened.
  bool wait() {
    std::unique_lock held(lock_);
    return changed_.wait_for(held, hang_limit, [this] { return happened_; });
  }

 private:
  std::mutex lock_;
  std::condition_variable changed_;
  bool happened_ = false;
};

}  // namespace weir::testing
