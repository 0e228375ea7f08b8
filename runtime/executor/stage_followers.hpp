#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "runtime/executor/call_times.hpp"
#include "runtime/executor/messages.hpp"
#include "runtime/executor/run_environment.hpp"
#include "runtime/executor/stage_member.hpp"
#include "runtime/flow/fused_link.hpp"

namespace weir {

/// What the stages fused behind a shell's first ask of it. Outputs are the node's.
class follower_links {
 public:
  virtual ~follower_links() = default;
  /// Whether what is put there goes on at once.
  virtual bool has_room(std::size_t output) const = 0;
  /// False: nobody reads it.
  virtual bool put(std::size_t output, edge_item item) = 0;
  /// Nothing more will be put there.
  virtual void finish_output(std::size_t output) = 0;
  /// Nobody wants what the first stage gives.
  virtual void stop_head() = 0;
  virtual void on_failed(stage_failed what) = 0;
  /// Whether what a call has given is void, as the run is being aborted: then no other is made.
  virtual bool aborted() = 0;
  virtual void tell(stage_event what) = 0;
  /// That stage of the graph failed and has begun anew.
  virtual void restarted(std::uint32_t stage) = 0;
  /// `elapsed` is to be called at that time.
  virtual void go_on_at(time_point time) = 0;
};

/// The stages fused behind the first of a shell, each reading what the one above gives.
///
/// The lowest that has something to do is called first, so at most one call's output waits between
/// two of them. None of them ever waits, has a thread of its own or asks for a time.
///
/// Threads: the shell's.
class stage_followers {
 public:
  stage_followers(const run_environment& run, const plan_node& node,
                  std::vector<stage_instance> made, follower_links& links);

  bool none() const { return all_.empty(); }

  /// Each in order; false: one could not be opened, which was told.
  bool open();
  /// Closes those that were opened; the first error.
  stage_closed close();
  /// Settles the last, if it is a sink.
  stage_settled settle(outcome how);

  /// What the first stage gave, for the one behind it.
  void give(edge_item item);
  /// The first stage is at its end.
  void end_input();
  /// Whether nobody wants what the first stage gives.
  bool stopped() const { return all_.front()->above.stopped(); }
  /// Whether any has something to do, called or not.
  bool pending() const { return lowest_ < all_.size(); }
  /// Whether the lowest of those can be called: what wants room for what it gives has it.
  bool callable() const;
  /// Whether one of them waits for room on that output of the node.
  bool wants_room(std::size_t output) const;
  /// A run of calls begins.
  void begin_run(time_point now) { times_.begin(now); }
  /// Calls it; answers when the clock was last looked at.
  /// Requires: a run has begun; callable().
  time_point call();
  /// The run of calls is over; answers when.
  time_point end_run() { return times_.end(); }
  /// Whether the lowest waits for a time before it begins anew.
  bool waits_to_begin_anew() const;
  /// Has those go on whose time has come; answers when that of the next comes, if any waits.
  std::optional<time_point> elapsed(time_point now);
  /// A stage above was restarted, and those from that number on begin anew with it.
  void follow_from(std::size_t first);
  /// One of them that has begun anew goes on.
  void let_go();
  /// Nobody wants more of the last.
  void stop();
  void abort();
  /// All are at their end.
  bool over() const;

  /// The first of the node's outputs that belong to the last.
  std::size_t last_first_output() const { return all_.back()->first_output; }
  bool last_is_sink() const { return all_.back()->stage.is_sink(); }

  void tell_status(shell_status& status, bool aborted) const;

 private:
  struct follower {
    follower(const run_environment& run, const plan_node& node, const plan_follower& of,
             stage_instance made);

    stage_member stage;
    edge_id edge;              // above it
    std::size_t first_output;  // of the node's
    std::size_t ports = 0;     // outputs, `rejected` not counted
    bool leads_out = false;    // somebody reads an output of it over an edge
    fused_link above;
    bool more = false;
    bool finished = false;  // saw its input's end
    bool over = false;
    bool recovering = false;  // it failed and has not gone on yet
    bool is_again() const { return recovering && !more; }
  };

  static stage_ledger ledger_of(const follower& of);
  std::size_t lowest() const;
  void find_lowest(std::size_t called);
  bool has_work(const follower& at) const;
  bool has_room(const follower& at) const;
  stage_call next_call(const follower& at) const;
  void handled(std::size_t number, call_kind kind, answer given, time_point now);
  void failed(std::size_t number, const stage_call& what, error cause, edge_item& on,
              time_point now);
  void has_begun(std::size_t number, const stage_call& what, stage_answer given, time_point now);
  void tell_news(stage_member& of);
  void give_up(follower& at);
  void begin_to_follow(follower& at);
  void take_outputs(std::size_t at, call_kind kind, time_point now);
  void take_rejected(stage_member& of, call_kind kind, time_point now);
  void follow(std::size_t at, call_kind kind, answer given);
  void end(std::size_t at);
  void stop_above(std::size_t at);

  follower_links& links_;
  std::vector<std::unique_ptr<follower>> all_;
  call_times times_;
  std::size_t lowest_ = 0;  // that has something to do; none: all_.size()
};

}  // namespace weir
