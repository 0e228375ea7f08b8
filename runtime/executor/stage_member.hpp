#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/executor/call_outlet.hpp"
#include "runtime/executor/call_watch.hpp"
#include "runtime/executor/messages.hpp"
#include "runtime/executor/run_environment.hpp"
#include "runtime/executor/stage_call.hpp"
#include "runtime/executor/stage_context.hpp"
#include "runtime/executor/stage_recovery.hpp"
#include "runtime/flow/stage_ledger.hpp"
#include "runtime/observe/run_report.hpp"

namespace weir {

/// One stage of a shell: its instance, what it is given, and what is counted of it.
///
/// Threads: one at a time, the shell sees to it; `perform` alone runs in the stage's thread.
struct stage_member {
  /// `ports` are the outputs that it has, `rejected` not counted; `rejected_read`, whether a stage
  /// reads that one.
  stage_member(const run_environment& run, const plan_node& node, const plan_member& of,
               stage_instance made, port_number ports, bool rejected_read,
               std::weak_ptr<wake_target> wake);

  /// The single place where a stage is called, and where an exception becomes a failure.
  stage_answer perform(const stage_call& what, const edge_item& item);
  /// The name that the stage's author knows the call by.
  const char* name_of(call_kind kind) const;
  bool is_sink() const { return std::holds_alternative<std::unique_ptr<sink>>(instance); }
  bool is_transform() const { return std::holds_alternative<std::unique_ptr<transform>>(instance); }
  /// The texts to tell of records that the last call rejected: the first of a kind at once, then a
  /// count every 10 s.
  std::vector<std::string> rejections_to_tell(time_point now);

  /// Counts what the last call rejected, and keeps it where no stage reads it.
  /// Errors: it can't be kept.
  result<void> keep_rejected();

  /// What becomes of a call that failed, and of what it was on.
  stage_recovery::verdict on_failure(const stage_call& what, const error& cause, edge_item& on,
                                     time_point now);
  /// Puts a new instance in the place of the one that failed; it is opened next. `now`: the ledger
  /// as of now. Answers what is to be told of it.
  std::optional<stage_event> begin_anew(bool has_thread, const stage_ledger& now);
  /// What was to be done again will not be.
  void give_up();
  /// The time to go on has come.
  void elapsed();
  /// The new instance is open, or the old one has undone its call. Answers whether it waits until
  /// those below know that it has begun anew, as they are to follow.
  bool has_begun(time_point now);
  /// Whether it begins anew with each stage above it that does.
  bool follows_restarts() const { return stage_ != nullptr && stage_->follows_restarts; }
  /// What is told where the instance that failed could not be closed either.
  stage_event not_closed(const error& why) const;
  /// Lets what a call failed on leave: records as rejected with the cause, a mark as it came.
  void refuse(const edge_item& what, const error& cause);
  /// What the supervisor is told of a call that failed; `for_good`, where its policy has no more to
  /// say.
  stage_failed failed(call_kind in, error cause, const edge_item& on) const;
  stage_failed failed_for_good(call_kind in, error cause, const edge_item& on) const;

  const plan_member& about;
  configured_stage::instance instance;
  std::optional<error> unmade;  // why the instance, if there is one, is never opened
  stage_context context;
  call_outlet outlet;
  stage_ledger ledger;
  stage_report figures;
  bool opened = false;        // `open` was called
  bool isolates = false;      // where a call fails it is cut off
  bool is_followed = false;   // some stage below follows its restarts
  bool is_to_follow = false;  // a restart above it, at its next rest
  bool gave_up = false;       // records of a failed call that were not given to it again
  port_number wanted = 0;     // what it wants next, where it chooses
  stage_turn pulled{};        // the turn of its last pull
  std::unique_ptr<stage_recovery> recovery;  // none: a failure ends the run

 private:
  stage_answer perform_watched(const stage_call& what, const edge_item& item);
  stage_answer perform_any(const stage_call& what, const edge_item& item);

  struct told_rejections {
    std::uint64_t count = 0;
    std::uint64_t told = 0;
    time_point told_at{};
  };
  std::map<std::string, told_rejections> rejections_;
  port_number ports_;
  std::shared_ptr<call_watch> watch_;  // none: its calls take as long as they take
  bool rejected_read_;
  rejected_keeper* keeper_;             // none: what no stage reads is only counted
  const graph_stage* stage_ = nullptr;  // none: it is no stage of the graph
};

/// Where the records begin, for people; empty where that is not known.
std::string place_of(const edge_item& item);

}  // namespace weir
