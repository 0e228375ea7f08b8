#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "runtime/executor/call_watch.hpp"
#include "runtime/stage/context.hpp"

namespace weir {

/// The context of one stage, under either executor.
///
/// Threads: `request_stop` and `take_waited` from any; the rest from the thread of the call.
class stage_context final : public context {
 public:
  stage_context(const clock& time, memory_budget& budget, std::uint64_t seed,
                std::vector<column_demand> demand, std::vector<known_columns> known,
                std::weak_ptr<wake_target> target, std::stop_token aborted,
                const std::string& temporary_folder);
  ~stage_context() override;

  time_point now() const override { return time_.now(); }
  wall_time wall() const override { return time_.wall(); }
  void wake_at(time_point time) override { wake_time_ = time; }
  class waker waker() override;
  waited wait(int descriptor, direction way, std::optional<time_point> deadline) override;
  bool stopping() const override { return stopping_.load(std::memory_order_acquire); }
  const std::stop_token& aborted() const override { return aborted_; }
  void tell(std::string text) override { told_.push_back(std::move(text)); }
  memory_account& account() override { return account_; }
  const std::string& temporary_folder() const override { return temporary_folder_; }
  random_source& random() override { return random_; }
  const column_demand& demand(std::uint32_t output_port) const override;
  const known_columns& known(std::uint32_t input_port) const override;

  /// Makes `wait` possible, which a stage that blocks needs.
  /// Errors: no descriptor left.
  result<void> allow_wait();

  /// Time in `wait` is no part of the call that it watches.
  void watch(std::shared_ptr<call_watch> by) { watch_ = std::move(by); }
  /// Turns `stopping()` true and ends a `wait`.
  void request_stop();
  /// The time asked for by the last call, taken.
  std::optional<time_point> take_wake_time();
  /// What the last call told, taken.
  std::vector<std::string> take_told() { return std::exchange(told_, {}); }
  bool has_told() const { return !told_.empty(); }
  bool has_waker() const { return has_waker_; }
  /// Time spent in `wait` by the call at hand or the last one, taken.
  nanoseconds take_waited();

 private:
  const clock& time_;
  memory_account account_;
  random_source random_;
  std::vector<column_demand> demand_;
  std::vector<known_columns> known_;
  std::weak_ptr<wake_target> target_;
  std::stop_token aborted_;
  std::shared_ptr<call_watch> watch_;  // maybe none
  const std::string& temporary_folder_;
  std::optional<time_point> wake_time_;
  bool has_waker_ = false;
  std::vector<std::string> told_;
  std::atomic<bool> stopping_{false};
  std::atomic<std::int64_t> waited_{0};
  int stop_descriptor_ = -1;  // none: the stage may not wait
};

}  // namespace weir
