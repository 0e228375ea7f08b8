#pragma once

#include <memory>

namespace weir {

/// What a waker wakes: implemented by executors.
class wake_target {
 public:
  virtual ~wake_target() = default;
  /// Threads: any.
  virtual void wake() = 0;
};

/// Wakes a stage that answered `wait`. Copyable; sticky: a wake before the wait is kept. Outliving
/// the run is harmless: it then wakes nobody.
///
/// Threads: any.
class waker {
 public:
  waker() = default;
  explicit waker(std::weak_ptr<wake_target> target) : target_(std::move(target)) {}
  void wake() const {
    if (const auto target = target_.lock()) target->wake();
  }

 private:
  std::weak_ptr<wake_target> target_;
};

}  // namespace weir
