#pragma once

#include <caf/event_based_actor.hpp>
#include <functional>
#include <memory>
#include <vector>

#include "runtime/executor/caf/actors_run.hpp"
#include "runtime/executor/call_thread.hpp"
#include "runtime/executor/stage_shell.hpp"

namespace weir {

/// A stage's shell as an actor.
///
/// Messages to the shell go through its inbox, and through the actor's mailbox only the news that
/// the inbox is no longer empty: a message by CAF costs as much as ten through the inbox. In its
/// turn the actor tells the shell all that has come before it makes each call, so that an abort
/// takes effect within one call however much is queued; and it ends its turn after about 5 ms, if
/// no call takes longer, for those that wait for its thread.
class stage_actor final : public caf::event_based_actor, private shell_links {
 public:
  stage_actor(caf::actor_config& config, std::shared_ptr<actors_run> run, std::uint32_t node,
              std::shared_ptr<stage_inbox> inbox);
  ~stage_actor() override;

  caf::behavior make_behavior() override;
  void on_exit() override;
  const char* name() const override { return "weir.stage"; }

  const stage_shell& shell() const { return *shell_; }

 private:
  void send_up(std::uint32_t to, upstream_message message) override;
  void send_down(std::uint32_t to, downstream_message message) override;
  void report(shell_report message) override;
  void wake_at(time_point time, std::uint64_t number) override;
  void call_elsewhere(std::function<void()> call) override;

  void take_turn();
  bool hold_back();
  void send_to(std::uint32_t node, shell_message message);

  std::shared_ptr<actors_run> run_;
  std::uint32_t node_;
  std::shared_ptr<stage_inbox> inbox_;
  std::vector<shell_message> arrived_;
  std::vector<shell_message> late_;  // in a simulation: what was sent and has not come yet
  std::shared_ptr<wake_target> wake_;
  std::shared_ptr<stage_shell> shell_;
  std::unique_ptr<call_thread> thread_;
  std::function<void()> call_;  // in one thread: the one that is due
};

}  // namespace weir
