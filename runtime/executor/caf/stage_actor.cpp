#include "runtime/executor/caf/stage_actor.hpp"

#include <algorithm>
#include <caf/actor_cast.hpp>
#include <caf/send.hpp>
#include <iterator>
#include <utility>

#include "runtime/executor/caf/messages.hpp"

namespace weir {
namespace {

constexpr auto urgent = caf::message_priority::high;

// Puts a message from outside of the system and wakes the stage, which may be gone.
void put_from_outside(stage_inbox& inbox, const caf::actor_addr& whom, shell_message message) {
  if (!inbox.put(std::move(message))) return;
  if (const auto alive = caf::actor_cast<caf::actor>(whom)) caf::anon_send(alive, turn_due{});
}

class woken_actor final : public wake_target {
 public:
  woken_actor(std::shared_ptr<stage_inbox> inbox, caf::actor_addr whom)
      : inbox_(std::move(inbox)), whom_(std::move(whom)) {}
  void wake() override { put_from_outside(*inbox_, whom_, stage_woken{}); }

 private:
  std::shared_ptr<stage_inbox> inbox_;
  caf::actor_addr whom_;
};

}  // namespace

stage_actor::stage_actor(caf::actor_config& config, std::shared_ptr<actors_run> run,
                         std::uint32_t node, std::shared_ptr<stage_inbox> inbox)
    : caf::event_based_actor(config),
      run_(std::move(run)),
      node_(node),
      inbox_(std::move(inbox)),
      wake_(std::make_shared<woken_actor>(inbox_, address())),
      shell_(make_shell(run_->state, node, static_cast<shell_links&>(*this), wake_)) {}

stage_actor::~stage_actor() = default;

caf::behavior stage_actor::make_behavior() {
  // Nothing else is ever sent to a stage; a stray message must neither end it nor be printed.
  set_default_handler(caf::drop);
  set_error_handler([](const caf::error&) {});
  return {
      [this](turn_due) { take_turn(); },
      [this](wake_due due) {
        if (inbox_->put(due)) take_turn();
      },
      [this](call_due) {
        std::exchange(call_, nullptr)();
        if (inbox_->put(call_returned{})) take_turn();
      },
  };
}

void stage_actor::take_turn() {
  nanoseconds used{0};
  time_point now = run_->state->options.time->now();
  for (;;) {
    inbox_->take(arrived_);
    const bool is_more_to_come = run_->arriving && hold_back();
    if (!arrived_.empty()) shell_->receive(arrived_, now);
    if (!shell_->ready()) {
      if (is_more_to_come) return send(this, turn_due{});
      if (inbox_->rest()) return;
    } else if (used >= run_->turn) {
      return send(this, turn_due{});
    } else {
      now = shell_->step(now);
      used += shell_->last_step();
    }
  }
}

// Leaves what is still on its way out of what was sent. Answers whether anything is.
bool stage_actor::hold_back() {
  std::move(arrived_.begin(), arrived_.end(), std::back_inserter(late_));
  arrived_.clear();
  if (late_.empty()) return false;
  const auto come = late_.begin() + static_cast<std::ptrdiff_t>(run_->arriving(late_.size()));
  std::move(late_.begin(), come, std::back_inserter(arrived_));
  late_.erase(late_.begin(), come);
  return !late_.empty();
}

void stage_actor::on_exit() {
  // Breaks the ring of handles. A call that does not return keeps what it needs by itself.
  wake_.reset();
  thread_.reset();
  call_ = nullptr;
  shell_.reset();
  arrived_.clear();
  late_.clear();
  run_->leave();
  run_.reset();
}

void stage_actor::send_to(std::uint32_t node, shell_message message) {
  const auto& stage = run_->stages[node];
  if (stage.inbox->put(std::move(message))) send(stage.actor, turn_due{});
}

void stage_actor::send_up(std::uint32_t to, upstream_message message) { send_to(to, message); }

void stage_actor::send_down(std::uint32_t to, downstream_message message) {
  send_to(to, std::move(message));
}

void stage_actor::report(shell_report message) {
  send<urgent>(run_->supervisor, report_envelope{node_, std::move(message)});
}

void stage_actor::wake_at(time_point time, std::uint64_t number) {
  const auto now = run_->state->options.time->now();
  const auto delay = time > now + longest_wait ? longest_wait : time - now;
  delayed_send(this, std::max<nanoseconds>(delay, nanoseconds(0)), wake_due{number});
}

void stage_actor::call_elsewhere(std::function<void()> call) {
  if (run_->one_thread) {
    call_ = std::move(call);
    return send(this, call_due{});
  }
  if (!thread_) thread_ = std::make_unique<call_thread>();
  // Holds no actor: a call that is left behind may outlive the system.
  thread_->run(
      [shell = shell_, call = std::move(call)] { call(); },
      [inbox = inbox_, self = address()] { put_from_outside(*inbox, self, call_returned{}); });
}

}  // namespace weir
