#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/base/random.hpp"
#include "runtime/executor/stage_call.hpp"
#include "runtime/flow/item.hpp"
#include "runtime/observe/run_report.hpp"
#include "runtime/stage/stage_type.hpp"
#include "runtime/supervision/restart_policy.hpp"

namespace weir {

/// Leads a stage whose call failed back to its work, as its policy says: what it failed on waits
/// here until a new instance takes it, or the same one that has undone the call.
///
/// A chunk that fails again is cut in halves where the stage keeps nothing: each half is given to
/// it by itself, and so on, until the records that it fails on stand alone. They are refused, the
/// others go on. Any other stage is restarted until that was too often.
///
/// Before the policy is asked, a call that failed for a temporary cause is made again of the same
/// instance, where the policy says so, until its deadline; that neither counts as a restart nor
/// cuts the chunk.
///
/// Calls: `failed`; then whatever `next` says, each answered by `closed`, `ready_again`, `done` or
/// `failed`; until `active` is false.
/// Memory: the chunk at hand.
class stage_recovery {
 public:
  stage_recovery(const failure_policy& policy, after_failure kind, std::uint64_t seed)
      : policy_(policy), kind_(kind), random_(seed), history_(policy.restart) {}

  /// What becomes of the run, or of what the call was on.
  enum class verdict : std::uint8_t {
    fail,    ///< the run ends; `tell_history` says why
    refuse,  ///< records are to leave as rejected, a mark as it came; then the stage goes on
    again,   ///< it was taken over and will be given to the stage again
  };
  struct failed_call {
    stage_call what;
    const char* name = "";
    error cause;
    std::string where;
  };
  /// A call failed, at `now`; what it was on is taken if it is to be done again.
  verdict failed(const failed_call& of, edge_item& on, time_point now);

  /// Has the stage begin anew, although it did not fail, with one above it.
  /// Requires: not active().
  void follow();
  /// Whether that is what it does.
  bool follows() const { return follows_; }

  /// Whether there is anything to do before the stage takes more of its input.
  bool active() const { return step_ != step::none; }
  /// The call to make; of kind `none` until `elapsed`.
  stage_call next() const;
  /// What the next call is on.
  edge_item take();
  /// Whether parts of what the call at hand is a part of are still to come.
  bool has_more() const { return !pieces_.empty(); }

  /// The failed instance was closed.
  void closed();
  /// A new instance is open, or the old one has undone its call.
  void ready_again(time_point now);
  /// The new instance goes on only when it is let go.
  void hold_back() { step_ = step::held_back; }
  bool is_held_back() const { return step_ == step::held_back; }
  void let_go() { step_ = pieces_.empty() ? step::none : step::redo; }
  /// What was to be done again is done.
  void done(time_point now);
  /// When to go on; none: nothing waits for a time.
  std::optional<time_point> due() const { return due_; }
  /// That time has come.
  void elapsed();
  /// How many records wait here.
  std::uint64_t held() const;
  /// Nothing of it will be done any more. Answers how many records are given up by that.
  std::uint64_t drop();

  /// Whether the next call is made again by reason of a temporary cause, and not of the policy.
  bool is_retry() const { return series_ && !series_spent_; }

  /// What people should know of what was decided last, if anything.
  struct news {
    run_event::kind what;
    std::string text;
  };
  std::vector<news> take_news() { return std::exchange(news_, {}); }
  /// What led to `fail`, the first cause of it, and how it came to that, one line each.
  const past_failure& cause() const { return *cause_; }
  std::vector<std::string> history() const;

 private:
  enum class step : std::uint8_t { none, close, wait, begin, held_back, redo };

  bool may_cut() const { return kind_ == after_failure::goes_on; }
  bool may_retry(const failed_call& of) const;
  bool retry(const failed_call& of, edge_item& on, time_point now);
  past_failure cause_of(const failed_call& of, time_point now);
  void end_series(time_point now);
  verdict answer(const failed_call& of, past_failure cause, edge_item& on, time_point now);
  verdict try_again(const failed_call& of, past_failure cause, edge_item& on, time_point now);
  verdict cut(edge_item& on);
  void begin_anew(std::optional<time_point> at);
  void finish();

  failure_policy policy_;
  after_failure kind_;
  random_source random_;
  restart_history history_;

  step step_ = step::none;
  bool follows_ = false;
  stage_call call_;                // to be made again
  std::vector<edge_item> pieces_;  // what it is made on, the next one last
  std::optional<time_point> due_;
  std::vector<news> news_;
  std::optional<past_failure> cause_;
  std::optional<std::string> why_not_;  // the policy does not hold for the call

  // Of the call that failed for a temporary cause, until it is done.
  std::optional<retry_series> series_;
  bool series_spent_ = false;      // the policy has answered since
  bool is_first_failure_ = false;  // before the series no call on the same had failed

  // Of the chunk that is cut.
  bool is_cut_ = false;
  std::string where_;
  std::uint64_t records_ = 0;
  std::uint64_t refused_ = 0;
  std::uint64_t failed_calls_ = 0;
};

}  // namespace weir
