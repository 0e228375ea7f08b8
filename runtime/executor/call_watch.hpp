#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/base/clock.hpp"
#include "runtime/flow/item.hpp"
#include "runtime/graph/failure_policy.hpp"

namespace weir {

/// How long the calls of one instance may take (`max_duration`), and which of them is under way.
///
/// A thread can't be ended from outside: a call that takes too long is found by whoever looks
/// meanwhile, and fails when it returns. What it spends in `context::wait` does not count.
///
/// Threads: any.
class call_watch {
 public:
  call_watch(std::string stage, failure_action policy, nanoseconds most, const clock& time)
      : stage_(std::move(stage)), policy_(policy), most_(most), time_(time) {}

  const std::string& stage() const { return stage_; }
  failure_action policy() const { return policy_; }
  nanoseconds most() const { return most_; }

  /// A call begins; `name` has to outlive it.
  void begin(const char* name, const edge_item& on);
  /// It waits for others, and goes on.
  void pause();
  void go_on();
  /// It has returned. How long it took, if that was too long.
  std::optional<nanoseconds> end();

  /// A call that has taken too long and has not returned.
  struct overdue {
    std::string call;
    std::string where;  ///< where what it is on begins, for people; empty where that is not known
    nanoseconds took{};
    bool is_news = false;  ///< nobody has asked since it is overdue
  };
  std::optional<overdue> look();

 private:
  nanoseconds taken() const;

  const std::string stage_;
  const failure_action policy_;
  const nanoseconds most_;
  const clock& time_;

  std::mutex lock_;
  const char* call_ = nullptr;  // none is under way
  edge_item on_;
  std::optional<time_point> since_;  // none: it waits
  nanoseconds before_{};             // what it took before it waited
  bool told_ = false;
};

/// Those of a run.
///
/// Threads: any.
class call_watches {
 public:
  void add(std::shared_ptr<call_watch> one) {
    const std::lock_guard held(lock_);
    all_.push_back(std::move(one));
  }
  std::vector<std::shared_ptr<call_watch>> all() const {
    const std::lock_guard held(lock_);
    return all_;
  }

 private:
  mutable std::mutex lock_;
  std::vector<std::shared_ptr<call_watch>> all_;
};

}  // namespace weir
