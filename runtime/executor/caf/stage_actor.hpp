#pragma once

#include <caf/event_based_actor.hpp>
#include <memory>

#include "runtime/executor/caf/actors_run.hpp"
#include "runtime/executor/call_thread.hpp"
#include "runtime/executor/stage_shell.hpp"

namespace weir {

/// A stage's shell as an actor. Data, marks and ends arrive at normal priority and in order;
/// grants, stops and commands are urgent and overtake them.
///
/// It makes one call per message it handles, so that an abort takes effect within one call however
/// full the queues are, and ends its turn on its thread after about 5 ms if others wait for it.
class stage_actor final : public caf::event_based_actor, private shell_links {
 public:
  stage_actor(caf::actor_config& config, std::shared_ptr<actors_run> run, std::uint32_t node);
  ~stage_actor() override;

  caf::behavior make_behavior() override;
  void on_exit() override;
  caf::resumable::resume_result resume(caf::execution_unit* on, std::size_t messages_most) override;
  const char* name() const override { return "weir.stage"; }

 private:
  void send_up(std::uint32_t to, upstream_message message) override;
  void send_down(std::uint32_t to, downstream_message message) override;
  void report(shell_report message) override;
  void wake_at(time_point time, std::uint64_t number) override;
  void call_elsewhere(std::function<void()> call) override;

  void go_on();

  std::shared_ptr<actors_run> run_;
  std::uint32_t node_;
  std::shared_ptr<wake_target> wake_;
  std::shared_ptr<stage_shell> shell_;
  std::unique_ptr<call_thread> thread_;
  bool step_sent_ = false;
  std::size_t messages_a_turn_ = 1;
};

}  // namespace weir
