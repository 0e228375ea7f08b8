#include "runtime/executor/caf/stage_actor.hpp"

#include <algorithm>
#include <caf/actor_cast.hpp>
#include <caf/send.hpp>
#include <utility>

#include "runtime/executor/caf/messages.hpp"

namespace weir {
namespace {

constexpr auto urgent = caf::message_priority::high;

// How long a stage may keep its thread while others wait, as its last call lets expect.
constexpr nanoseconds turn = std::chrono::milliseconds(5);

// Wakes an actor that may be gone.
class woken_actor final : public wake_target {
 public:
  explicit woken_actor(caf::actor_addr whom) : whom_(std::move(whom)) {}
  void wake() override {
    if (const auto alive = caf::actor_cast<caf::actor>(whom_))
      caf::anon_send<urgent>(alive, stage_woken{});
  }

 private:
  caf::actor_addr whom_;
};

}  // namespace

stage_actor::stage_actor(caf::actor_config& config, std::shared_ptr<actors_run> run,
                         std::uint32_t node)
    : caf::event_based_actor(config),
      run_(std::move(run)),
      node_(node),
      wake_(std::make_shared<woken_actor>(address())),
      shell_(make_shell(run_->state, node, static_cast<shell_links&>(*this), wake_)) {}

stage_actor::~stage_actor() = default;

caf::behavior stage_actor::make_behavior() {
  // Nothing else is ever sent to a stage; a stray message must neither end it nor be printed.
  set_default_handler(caf::drop);
  set_error_handler([](const caf::error&) {});
  return {
      [this](upstream_message& message) {
        shell_->receive(message);
        go_on();
      },
      [this](downstream_message& message) {
        shell_->receive(std::move(message));
        go_on();
      },
      [this](shell_command& command) {
        shell_->receive(std::move(command));
        go_on();
      },
      [this](wake_due due) {
        shell_->on_wake(due.number);
        go_on();
      },
      [this](stage_woken) {
        shell_->on_woken();
        go_on();
      },
      [this](call_returned) {
        shell_->on_call_returned();
        go_on();
      },
      [this](step_again) {
        step_sent_ = false;
        go_on();
      },
  };
}

// Makes one call if there is one to make, and has itself called again if there is another.
void stage_actor::go_on() {
  if (step_sent_ || !shell_->ready()) return;
  shell_->step();
  const auto took = std::max(shell_->last_call(), nanoseconds(1));
  messages_a_turn_ = static_cast<std::size_t>(std::max<std::int64_t>(turn / took, 1));
  if (!shell_->ready()) return;
  step_sent_ = true;
  send(this, step_again{});
}

// The scheduler's bound counts messages. One message is one call here, and fifty calls that take
// long would keep the others on this thread, the supervisor among them, waiting for seconds.
caf::resumable::resume_result stage_actor::resume(caf::execution_unit* on,
                                                  std::size_t messages_most) {
  return caf::event_based_actor::resume(on, std::min(messages_most, messages_a_turn_));
}

void stage_actor::on_exit() {
  // Breaks the ring of handles. A call that does not return keeps what it needs by itself.
  wake_.reset();
  thread_.reset();
  shell_.reset();
  run_->leave();
  run_.reset();
}

void stage_actor::send_up(std::uint32_t to, upstream_message message) {
  send<urgent>(run_->stages[to], std::move(message));
}

void stage_actor::send_down(std::uint32_t to, downstream_message message) {
  send(run_->stages[to], std::move(message));
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
  if (!thread_) thread_ = std::make_unique<call_thread>();
  // Holds no actor: a call that is left behind may outlive the system.
  thread_->run([shell = shell_, call = std::move(call)] { call(); },
               [self = address()] {
                 if (const auto alive = caf::actor_cast<caf::actor>(self))
                   caf::anon_send<urgent>(alive, call_returned{});
               });
}

}  // namespace weir
