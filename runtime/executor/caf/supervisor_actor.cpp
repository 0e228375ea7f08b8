#include "runtime/executor/caf/supervisor_actor.hpp"

#include <caf/exit_reason.hpp>
#include <caf/system_messages.hpp>
#include <utility>

#include "runtime/executor/caf/messages.hpp"

namespace weir {

constexpr auto urgent = caf::message_priority::high;

supervisor_actor::supervisor_actor(caf::actor_config& config, std::shared_ptr<actors_run> run)
    : caf::event_based_actor(config), run_(std::move(run)) {
  supervisor_.emplace(run_->state->environment, run_->state->options,
                      static_cast<supervisor_links&>(*this));
}

supervisor_actor::~supervisor_actor() = default;

caf::behavior supervisor_actor::make_behavior() {
  set_default_handler(caf::drop);
  set_error_handler([](const caf::error&) {});
  return {
      [this](run_begins) {
        supervisor_->start();
        keep_figures();
        delayed_send(this, supervisor::tick_interval, supervisor_tick{});
        end_if_over();
      },
      [this](report_envelope& report) {
        supervisor_->receive(report.node, std::move(report.what));
        end_if_over();
      },
      [this](run_drains) {
        supervisor_->drain();
        end_if_over();
      },
      [this](run_aborts) {
        supervisor_->abort();
        end_if_over();
      },
      [this](supervisor_tick) {
        supervisor_->tick();
        keep_figures();
        delayed_send(this, supervisor::tick_interval, supervisor_tick{});
        end_if_over();
      },
  };
}

void supervisor_actor::command(std::uint32_t node, shell_command what) {
  const auto& stage = run_->stages[node];
  if (stage.inbox->put(std::move(what))) send(stage.actor, turn_due{});
}

void supervisor_actor::keep_figures() {
  run_report report = supervisor_->report();
  report.executor = "actors";
  report.threads = run_->threads;
  const std::lock_guard held(run_->lock);
  run_->figures = std::move(report);
}

void supervisor_actor::end_if_over() {
  if (!supervisor_->ended()) return;
  keep_figures();
  for (const auto& stage : run_->stages)
    send<urgent>(stage.actor, caf::exit_msg{address(), caf::exit_reason::user_shutdown});
  {
    const std::lock_guard held(run_->lock);
    run_->ended = true;
  }
  run_->changed.notify_all();
  quit();
}

void supervisor_actor::on_exit() {
  supervisor_.reset();
  run_->leave();
  run_.reset();
}

}  // namespace weir
