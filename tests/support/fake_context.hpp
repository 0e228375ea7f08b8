#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "runtime/stage/context.hpp"

namespace weir::testing {

/// What a stage asks of a run, answered by the test: time moves when told to, wakes are counted.
class fake_context final : public context {
 public:
  fake_context(std::uint64_t seed, byte_size memory, std::vector<column_demand> demands,
               std::vector<known_columns> known)
      : budget_(memory),
        account_(budget_),
        random_(seed),
        demands_(std::move(demands)),
        known_(std::move(known)) {}

  time_point now() const override { return clock_.now(); }
  wall_time wall() const override { return clock_.wall(); }
  void wake_at(time_point time) override { wake_ = time; }
  class waker waker() override {
    gave_waker_ = true;
    return weir::waker(std::weak_ptr<wake_target>(target_));
  }
  /// Never blocks: ready, until told to stop.
  waited wait(int, direction, std::optional<time_point>) override {
    return stopping_ ? waited::stopping : waited::ready;
  }
  bool stopping() const override { return stopping_; }
  const std::stop_token& aborted() const override { return aborted_; }
  void tell(std::string text) override { told_.push_back(std::move(text)); }
  memory_account& account() override { return account_; }
  const std::string& temporary_folder() const override { return temporary_folder_; }
  random_source& random() override { return random_; }
  const column_demand& demand(std::uint32_t port) const override { return demands_.at(port); }
  const known_columns& known(std::uint32_t port) const override { return known_.at(port); }

  manual_clock& time() { return clock_; }
  void stop() { stopping_ = true; }
  void abort() { aborting_.request_stop(); }
  void set_temporary_folder(std::string folder) { temporary_folder_ = std::move(folder); }
  /// The time the stage asked to be woken at, taken away from it as each call does.
  std::optional<time_point> take_wake_time() { return std::exchange(wake_, std::nullopt); }
  std::optional<time_point> wake_time() const { return wake_; }
  bool gave_waker() const { return gave_waker_; }
  const std::vector<std::string>& told() const { return told_; }
  bool take_wake() { return target_->woken.exchange(false); }
  byte_size held() const { return account_.held(); }

 private:
  struct target final : wake_target {
    void wake() override { woken = true; }
    std::atomic<bool> woken = false;
  };

  manual_clock clock_;
  memory_budget budget_;
  memory_account account_;
  random_source random_;
  std::vector<column_demand> demands_;
  std::vector<known_columns> known_;
  std::shared_ptr<target> target_ = std::make_shared<target>();
  std::optional<time_point> wake_;
  std::vector<std::string> told_;
  std::string temporary_folder_ = "/tmp";
  std::stop_source aborting_;
  std::stop_token aborted_ = aborting_.get_token();
  bool stopping_ = false;
  bool gave_waker_ = false;
};

}  // namespace weir::testing
