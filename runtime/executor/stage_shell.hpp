#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/executor/messages.hpp"
#include "runtime/executor/run_environment.hpp"
#include "runtime/executor/stage_followers.hpp"
#include "runtime/executor/stage_inbox.hpp"
#include "runtime/executor/stage_member.hpp"
#include "runtime/flow/inbound.hpp"
#include "runtime/flow/input_turn.hpp"
#include "runtime/flow/outbound.hpp"
#include "runtime/flow/turn_order.hpp"
#include "runtime/graph/plan.hpp"

namespace weir {

/// What a shell asks of the executor it lives in.
///
/// Order: messages to one receiver arrive in the order they were sent, but upstream and report
///        messages may overtake downstream ones.
class shell_links {
 public:
  virtual ~shell_links() = default;
  /// To the node that writes the edge.
  virtual void send_up(std::uint32_t node, upstream_message message) = 0;
  /// To the node that reads the edge.
  virtual void send_down(std::uint32_t node, downstream_message message) = 0;
  /// To the supervisor.
  virtual void report(shell_report message) = 0;
  /// Calls `on_wake(number)` of the shell at `time`.
  virtual void wake_at(time_point time, std::uint64_t number) = 0;
  /// Runs `call` in the shell's own thread, then `on_call_returned` of the shell in the executor's.
  /// Throws: std::system_error where no such thread can be had; then `call` is not run.
  virtual void call_elsewhere(std::function<void()> call) = 0;
};

/// The part of a stage that outlives its instance: edges, queues, credit, counters. The same under
/// every executor, which delivers messages to it and calls `step` while it is `ready`.
///
/// A stage is called when its chosen input has something and no output is parked. One call at a
/// time; of a blocking stage in its own thread, so that the shell goes on answering messages.
///
/// Every edge ends with exactly one `edge_end`, on failure and abort too: so a shell knows when no
/// message for it is under way any more, and both balances hold at every end.
///
/// Threads: one at a time, the executor sees to it; `perform` alone runs in the stage's thread.
/// Errors:  an exception outside of a stage's call is a bug of ours and ends the process: an
///          executor that swallowed it would leave a run that never ends.
class stage_shell final : private follower_links {
 public:
  stage_shell(const run_environment& run, std::uint32_t node, shell_links& links,
              std::weak_ptr<wake_target> wake);
  ~stage_shell() override;

  /// All that has come, in order, then what follows from it: less work than one by one. `time` is
  /// now, or when the last call in this thread ended.
  void receive(std::vector<shell_message>& messages, time_point time) noexcept;

  /// Whether `step` would call the stage now.
  bool ready() const { return next_.kind != call_kind::none; }
  /// Makes one call, which begins at `time`: now, or when the last call in this thread ended.
  /// Answers when it ended; of a call in the stage's own thread when it began.
  /// Requires: ready().
  time_point step(time_point time) noexcept;
  /// How long the last step took. A call counts as 1 us at least: the run's clock may stand still.
  nanoseconds last_step() const { return last_step_; }

  const plan_node& node() const { return node_; }
  /// What it would report now.
  shell_status status() const;

 private:
  // Where the time goes while the stage is not in a call.
  enum class state : std::uint8_t { idle, ready, starved, blocked };

  void apply(upstream_message& message);
  void apply(downstream_message& message);
  void apply(shell_command& command);
  void apply(wake_due due);
  void on_stopped(const outbound& output);
  void on_ended(edge_ending how);
  bool has_room(std::size_t output) const override;
  bool put(std::size_t output, edge_item item) override;
  void finish_output(std::size_t output) override;
  void stop_head() override;
  void on_failed(stage_failed what) override;
  bool aborted() override;
  void tell(stage_event what) override { links_.report(std::move(what)); }
  void restarted(std::uint32_t stage) override { links_.report(stage_restarted{stage}); }
  void go_on_at(time_point time) override;

  stage_call choose() const;
  void start(stage_call next, edge_item item = {});
  void returned();
  void take_outputs(answer given);
  void take_rejected();
  void give(port_number port, edge_item item);
  void call_followers();
  void put_in_turn(std::size_t output, edge_item item);
  void end_turn();
  void release_kept();
  void follow(answer given);
  void after(answer given);
  void on_call_failed(error cause);
  void has_begun(std::optional<error> failure);
  void isolate(stage_failed why);
  void cut_off();
  edge_ending ending() const;
  void tell_news();
  void give_up();
  void end_if_unwanted();
  void follow_from(std::size_t first);
  void begin_to_follow();
  void let_go();
  void go_on();
  bool is_again() const { return recovering_ && !more_; }
  bool waits_to_begin_anew() const;
  void keep_wake_time();
  void set_timer();
  void after_lifecycle_call(std::optional<error> failure);

  void stop_inputs();
  void end_work();
  void abort_all();
  void pump();
  void tell_credit();
  void settle_accounts();
  void report_rejections();
  stage_ledger ledger_now() const;
  stage_wait waiting() const;
  state current_state() const;
  void note_state();
  bool pull_is_due() const { return !waiting_ || woken_ || draining_; }
  bool keeps_waiting(const outbound& output) const;
  bool outputs_blocked() const;
  bool all_main_outputs_stopped() const;
  bool nobody_wants_more() const;
  bool a_follower_waits_for(std::size_t output) const;
  bool all_inputs_finished() const;
  std::optional<port_number> next_input() const;
  std::optional<port_number> next_in_turn() const;
  std::optional<port_number> wanted_input() const;
  void tell_producer(std::size_t input, upstream_message message);

  inbound* input_of(edge_id edge);
  outbound* output_of(edge_id edge);

  const run_environment& run_;
  const plan_node& node_;
  std::uint32_t number_;
  shell_links& links_;

  stage_member& head() { return *head_; }
  const stage_member& head() const { return *head_; }

  std::unique_ptr<stage_member> head_;
  stage_followers followers_;
  bool blocks_ = false;  // has a thread of its own

  std::vector<inbound> inputs_;
  std::vector<bool> input_finished_;
  std::vector<std::unique_ptr<outbound>> outputs_;  // by port; none where nobody reads
  std::vector<outbound*> read_outputs_;             // those that somebody reads
  mutable input_turn turn_;

  // The stage's life: running_ between `go` and the last call; head_over_ when no call on records
  // will follow of the first stage; work_over_ of any.
  bool running_ = false;
  bool head_over_ = false;
  bool work_over_ = false;
  bool finished_ = false;  // the work ended by itself, with all input seen
  bool failed_ = false;    // or a call came to nothing, as the run is being aborted
  bool aborted_ = false;
  bool cut_ = false;                // aborted alone, with what only it leads to
  bool partial_ = false;            // something that leads here was cut off
  bool lost_readers_ = false;       // some output was stopped because its reader was cut off
  std::size_t inputs_cut_off_ = 0;  // all that leads to them was
  bool draining_ = false;
  bool last_pull_ = false;  // the call at hand began after the drain
  bool cut_short_ = false;  // by draining, before the source's own end
  bool done_told_ = false;
  bool recovering_ = false;  // the first stage failed and has not gone on yet
  bool again_ = false;       // the call at hand is one of its recovery

  stage_call next_;  // as `pump` chose it last
  bool calling_ = false;
  stage_call current_;
  edge_item item_;  // what the current call is on
  std::optional<stage_answer> answer_;
  time_point call_began_{};
  nanoseconds last_step_{};
  time_point now_{};  // as the clock was last looked at
  bool more_ = false;
  bool waiting_ = false;  // a source answered wait
  bool woken_ = false;
  std::optional<time_point> wake_time_;  // asked for by the last call
  struct timer {
    time_point time;
    std::uint64_t number = 0;
  };
  std::vector<timer> timers_;  // under way, each earlier than those before it
  std::uint64_t last_timer_ = 0;
  std::optional<timer> recovery_timer_;         // of the first of all that wait to go on
  port_number wanted_ = 0;                      // what the stage wants next, where it chooses
  stage_turn turn_at_hand_;                     // of a worker: what its calls give belongs to it
  std::vector<std::optional<edge_item>> kept_;  // by output: the last of the turn, or not
  std::uint64_t turns_given_ = 0;               // by a dispatch
  turn_order turns_passed_;                     // by a collect
  bool collects_rejected_ = false;

  std::optional<std::uint64_t> probed_;  // the round of a probe that came
  std::uint64_t accounted_ = 0;
  state state_ = state::idle;
  time_point state_since_{};
};

}  // namespace weir
