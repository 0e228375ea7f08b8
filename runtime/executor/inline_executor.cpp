#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <utility>
#include <variant>
#include <vector>

#include "runtime/base/check.hpp"
#include "runtime/executor/call_thread.hpp"
#include "runtime/executor/executor.hpp"
#include "runtime/executor/restarting_run.hpp"
#include "runtime/executor/run_state.hpp"
#include "runtime/executor/stage_inbox.hpp"
#include "runtime/executor/supervisor.hpp"

namespace weir {
namespace {

// What reaches a run from other threads. Wakers and calls that return late may outlive the run.
class outside {
 public:
  enum class kind : std::uint8_t { woken, call_returned, drain, abort };
  struct news {
    kind what;
    std::uint32_t node;
  };

  void post(news what) {
    {
      const std::lock_guard held(lock_);
      news_.push_back(what);
      any_.store(true, std::memory_order_relaxed);
    }
    changed_.notify_one();
  }
  std::vector<news> take() {
    if (!any_.load(std::memory_order_relaxed)) return {};
    const std::lock_guard held(lock_);
    any_.store(false, std::memory_order_relaxed);
    return std::exchange(news_, {});
  }
  // Waits until there are news, at most as long as told.
  void wait_for(nanoseconds most) {
    std::unique_lock held(lock_);
    changed_.wait_for(held, most, [&] { return !news_.empty(); });
  }

 private:
  std::mutex lock_;
  std::condition_variable changed_;
  std::vector<news> news_;
  std::atomic<bool> any_{false};  // so that looking costs no lock
};

class woken_from_outside final : public wake_target {
 public:
  woken_from_outside(std::shared_ptr<outside> to, std::uint32_t node)
      : to_(std::move(to)), node_(node) {}
  void wake() override { to_->post({outside::kind::woken, node_}); }

 private:
  std::shared_ptr<outside> to_;
  std::uint32_t node_;
};

// Moves when it is told to; the time of day is that of another clock.
class virtual_clock final : public clock {
 public:
  explicit virtual_clock(const clock& day) : day_(day) {}
  time_point now() const override { return time_point(nanoseconds(now_.load())); }
  wall_time wall() const override { return day_.wall(); }
  void jump_to(time_point time) { now_.store(time.time_since_epoch().count()); }

 private:
  const clock& day_;
  std::atomic<nanoseconds::rep> now_{0};
};

class inline_run final : public run, private supervisor_links {
 public:
  /// `virtual_time`: null where time is that of the options; else they have to refer to it.
  inline_run(graph what, run_options options, run_attempt attempt,
             std::unique_ptr<virtual_clock> virtual_time)
      : virtual_time_(std::move(virtual_time)),
        state_(std::make_shared<run_state>(std::move(what), std::move(options), std::move(attempt),
                                           1)),
        supervisor_(state_->environment, state_->options, *this) {
    const auto count = static_cast<std::uint32_t>(state_->planned.nodes.size());
    for (std::uint32_t n = 0; n < count; ++n) nodes_.push_back(std::make_unique<node>(*this, n));
    changed_.resize(count);
    pulled_at_.resize(count);
    supervisor_.start();
    last_tick_ = now();
    keep_figures();
  }
  ~inline_run() override {
    abort();
    wait(std::nullopt);
  }

  void drain() override { outside_->post({outside::kind::drain, 0}); }
  void abort() override {
    outside_->post({outside::kind::abort, 0});
    state_->environment.aborting.request_stop();
  }

  std::optional<run_report> wait(std::optional<time_point> deadline) override {
    const std::lock_guard driving(driver_);
    while (!supervisor_.ended()) {
      const auto time = now();
      if (deadline && (virtual_time_ ? machine_clock().now() : time) >= *deadline)
        return std::nullopt;
      advance(time, deadline);
    }
    keep_figures();
    return snapshot();
  }

  run_report snapshot() override {
    const std::lock_guard held(figures_lock_);
    return figures_;
  }

 private:
  // One stage with its links: messages wait in the inboxes, so that no shell is called from within
  // another.
  class node final : public shell_links {
   public:
    node(inline_run& run, std::uint32_t number)
        : run_(run),
          number_(number),
          wake_(std::make_shared<woken_from_outside>(run.outside_, number)),
          shell_(make_shell(run.state_, number, *this, wake_)) {}

    void send_up(std::uint32_t to, upstream_message message) override { run_.post(to, message); }
    void send_down(std::uint32_t to, downstream_message message) override {
      run_.post(to, std::move(message));
    }
    void report(shell_report message) override {
      run_.reports_.push_back({number_, std::move(message)});
    }
    void wake_at(time_point time, std::uint64_t number) override {
      run_.timers_.push_back({time, number_, number});
      std::push_heap(run_.timers_.begin(), run_.timers_.end());
    }
    void call_elsewhere(std::function<void()> call) override {
      if (!thread_) thread_ = std::make_unique<call_thread>();
      ++run_.calls_elsewhere_;
      thread_->run([shell = shell_, call = std::move(call)] { call(); },
                   [to = run_.outside_, number = number_] {
                     to->post({outside::kind::call_returned, number});
                   });
    }
    stage_shell& shell() { return *shell_; }

    std::vector<shell_message> inbox;

   private:
    inline_run& run_;
    std::uint32_t number_;
    std::shared_ptr<wake_target> wake_;
    std::shared_ptr<stage_shell> shell_;
    std::unique_ptr<call_thread> thread_;
  };

  struct told {
    std::uint32_t node;
    shell_report what;
  };
  struct timer {
    time_point time;
    std::uint32_t node;
    std::uint64_t number;
    // The earliest on top of a heap.
    bool operator<(const timer& other) const { return time > other.time; }
  };

  void command(std::uint32_t to, shell_command what) override { post(to, std::move(what)); }

  void post(std::uint32_t to, shell_message message) {
    auto& inbox = nodes_[to]->inbox;
    if (inbox.empty()) with_mail_.push_back(to);
    inbox.push_back(std::move(message));
  }

  time_point now() const { return state_->options.time->now(); }

  // Hears what has come, then calls stages for a while, or waits where there is none to call.
  void advance(time_point time, std::optional<time_point> deadline) {
    hear_outside();
    fire_timers(time);
    if (time - last_tick_ >= supervisor::tick_interval) {
      last_tick_ = time;
      supervisor_.tick();
      deliver(time);
      keep_figures();
    }
    deliver(time);
    if (supervisor_.ended() || step_some(time)) return;
    time_point until = last_tick_ + supervisor::tick_interval;
    if (!timers_.empty()) until = std::min(until, timers_.front().time);
    if (virtual_time_) {
      // A call in another thread takes its time by the machine's clock.
      if (calls_elsewhere_ > 0)
        outside_->wait_for(supervisor::tick_interval);
      else
        virtual_time_->jump_to(until);
      return;
    }
    if (deadline) until = std::min(until, *deadline);
    // How long, not until when: the run's clock need not be the machine's.
    outside_->wait_for(until - time);
  }

  void hear_outside() {
    for (const auto& news : outside_->take()) {
      switch (news.what) {
        case outside::kind::drain:
          supervisor_.drain();
          break;
        case outside::kind::abort:
          supervisor_.abort();
          break;
        case outside::kind::woken:
          post(news.node, stage_woken{});
          break;
        case outside::kind::call_returned:
          --calls_elsewhere_;
          post(news.node, call_returned{});
          break;
      }
    }
  }

  void fire_timers(time_point time) {
    while (!timers_.empty() && timers_.front().time <= time) {
      const timer due = timers_.front();
      std::pop_heap(timers_.begin(), timers_.end());
      timers_.pop_back();
      post(due.node, wake_due{due.number});
    }
  }

  void deliver(time_point time) {
    while (!with_mail_.empty() || !reports_.empty()) {
      for (auto& report : std::exchange(reports_, {}))
        supervisor_.receive(report.node, std::move(report.what));
      delivering_to_.swap(with_mail_);
      for (const auto to : delivering_to_) {
        delivering_.swap(nodes_[to]->inbox);
        nodes_[to]->shell().receive(delivering_, time);
        delivering_.clear();
        changed_[to] = true;
      }
      delivering_to_.clear();
    }
  }

  // Makes calls until there is none to make, or they have taken so long that what comes from
  // outside should be heard. Answers whether it made any.
  bool step_some(time_point time) {
    constexpr nanoseconds turn = std::chrono::milliseconds(1);
    // Where time stands still a call counts all the same, as what comes from outside has to be
    // heard.
    const nanoseconds call_least(virtual_time_ ? 10'000 : 0);
    nanoseconds used{0};
    stage_shell* next = next_to_step();
    const bool any = next != nullptr;
    while (next != nullptr) {
      time = next->step(time);
      used += std::max(next->last_step(), call_least);
      deliver(time);
      next = used < turn ? next_to_step() : nullptr;
    }
    return any;
  }

  // Nodes stand behind what they read from: the last ready one is nearest the sinks. Sources take
  // turns, or one without end would keep the others from ever being called.
  stage_shell* next_to_step() {
    std::optional<std::size_t> next_source;
    for (std::size_t n = nodes_.size(); n-- > 0;) {
      if (!changed_[n]) continue;
      stage_shell& look = nodes_[n]->shell();
      if (!look.ready()) {
        changed_[n] = false;
      } else if (look.node().inputs.empty()) {
        if (!next_source || pulled_at_[n] < pulled_at_[*next_source]) next_source = n;
      } else {
        return &look;
      }
    }
    if (!next_source) return nullptr;
    pulled_at_[*next_source] = ++pulls_;
    return &nodes_[*next_source]->shell();
  }

  void keep_figures() {
    run_report report = supervisor_.report();
    report.executor = "inline";
    report.threads = 1;
    const std::lock_guard held(figures_lock_);
    figures_ = std::move(report);
  }

  std::unique_ptr<virtual_clock> virtual_time_;
  std::shared_ptr<run_state> state_;
  std::shared_ptr<outside> outside_ = std::make_shared<outside>();
  std::vector<told> reports_;
  std::vector<std::uint32_t> with_mail_;
  // Empty but for `deliver`: lists of their own there would be an allocation each.
  std::vector<std::uint32_t> delivering_to_;
  std::vector<shell_message> delivering_;
  std::vector<timer> timers_;  // a heap
  supervisor supervisor_;
  std::vector<std::unique_ptr<node>> nodes_;
  std::vector<char> changed_;             // may have become ready
  std::vector<std::uint64_t> pulled_at_;  // by node: the number of its last pull
  std::uint64_t pulls_ = 0;
  std::size_t calls_elsewhere_ = 0;  // that have not returned
  time_point last_tick_{};
  std::mutex driver_;
  std::mutex figures_lock_;
  run_report figures_;
};

class inline_executor final : public executor {
 public:
  explicit inline_executor(bool in_virtual_time) : in_virtual_time_(in_virtual_time) {}

  std::unique_ptr<run> start(graph what, run_options options) override {
    const clock& waits_by = in_virtual_time_ ? machine_clock() : *options.time;
    return start_restarting(std::move(what), std::move(options), waits_by,
                            in_virtual_time_ ? start_in_virtual_time : start_in_time);
  }

 private:
  static std::unique_ptr<run> start_in_time(graph what, run_options options, run_attempt attempt) {
    return std::make_unique<inline_run>(std::move(what), std::move(options), std::move(attempt),
                                        nullptr);
  }
  static std::unique_ptr<run> start_in_virtual_time(graph what, run_options options,
                                                    run_attempt attempt) {
    auto time = std::make_unique<virtual_clock>(*options.time);
    options.time = time.get();
    return std::make_unique<inline_run>(std::move(what), std::move(options), std::move(attempt),
                                        std::move(time));
  }

  bool in_virtual_time_;
};

}  // namespace

std::unique_ptr<executor> make_inline_executor() {
  return std::make_unique<inline_executor>(false);
}

std::unique_ptr<executor> make_inline_executor_in_virtual_time() {
  return std::make_unique<inline_executor>(true);
}

}  // namespace weir
