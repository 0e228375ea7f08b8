#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "runtime/executor/executor.hpp"
#include "runtime/executor/messages.hpp"
#include "runtime/executor/stage_shell.hpp"
#include "runtime/supervision/source_silence.hpp"

namespace weir {

/// What the supervisor asks of the executor it lives in.
class supervisor_links {
 public:
  virtual ~supervisor_links() = default;
  virtual void command(std::uint32_t node, shell_command what) = 0;
};

/// Leads a run from its first call to its last: opens, lets go, drains, aborts, closes, settles;
/// keeps the first cause; finds stalls. The same under every executor.
///
/// A failure reaches every stage in one hop: the shell that failed tells the supervisor, the
/// supervisor tells all. Once the run has failed or was asked to end, each phase has an end of its
/// own: a call that does not return is named and left behind.
///
/// Threads: one at a time, the executor sees to it.
class supervisor {
 public:
  /// How often `tick` wants to be called.
  static constexpr std::chrono::milliseconds tick_interval{100};

  supervisor(const run_environment& run, const run_options& options, supervisor_links& links);

  void start();
  void receive(std::uint32_t node, shell_report report);
  void drain();
  void abort();
  /// Looks after deadlines and stalls, and refreshes the figures.
  void tick();

  bool ended() const { return phase_ == phase::ended; }
  /// The figures of the last tick; when ended, the final ones.
  run_report report() const;

 private:
  enum class phase : std::uint8_t { waiting, opening, running, counting, closing, settling, ended };

  void open_all();
  void on_failed(std::uint32_t node, stage_failed failed);
  void on_isolated(stage_failed why);
  void on_restarted(std::uint32_t restarted, std::uint32_t stage);
  bool any_sink_left() const;
  outcome outcome_for(std::uint32_t node) const;
  void on_status(std::uint32_t node, shell_status status);
  void fail(stage_failure failure);
  void abort_all();
  void hurry();
  void step_done(std::uint32_t node);
  void enter(phase next);
  void probe();
  void look_for_stall();
  void look_for_overdue();
  void resolve(const stall& found);
  stall_report report_of(const stall& found) const;
  bool has_memory() const;
  void event(run_event::kind what, std::string stage, std::string text) noexcept;
  void run_out();
  void leave_behind();
  bool is_sink(const plan_node& node) const;
  bool all_answered() const;
  bool unchanged(std::uint32_t node) const;
  bool under_way(std::uint32_t node) const;
  void check_balance(run_report& report) const;
  std::vector<edge_report> edge_reports() const;
  std::string holders() const;
  void await_sources();
  bool is_worker_of(std::size_t node, std::uint32_t stage) const;
  bool all_have_answered(std::uint32_t stage) const;
  source_silence::cause cause_of_silence(std::uint32_t stage) const;
  void hear_sources(std::uint32_t node);

  const run_environment& run_;
  const run_options& options_;
  supervisor_links& links_;

  phase phase_ = phase::waiting;
  std::vector<bool> awaited_;      // has not yet answered what the phase asks of each
  std::vector<bool> finished_;     // its edges have ended
  std::vector<bool> left_behind_;  // its call did not return in time
  bool drain_asked_ = false;
  bool abort_asked_ = false;  // by the user, not by a failure
  bool aborting_ = false;
  bool hurried_ = false;    // the run is to end, and stages have the grace for each phase
  bool last_look_ = false;  // before those still in calls are left behind
  bool cut_short_ = false;
  std::vector<stage_done> done_;         // by node, of those that have finished
  std::vector<stage_failure> isolated_;  // stages that were cut off
  std::optional<stage_failure> failure_;
  std::optional<stall_report> stall_;  // of the failure
  std::optional<time_point> deadline_;
  time_point began_{};
  nanoseconds took_{0};

  struct awaited_source {
    std::uint32_t stage = 0;  // in the graph
    source_silence silence;
  };
  void tell_silence(awaited_source& source);
  std::vector<awaited_source> awaited_sources_;  // those with a `timeout`, from `go` on

  std::uint64_t round_ = 0;
  time_point probed_at_{};
  std::size_t statuses_missing_ = 0;
  std::vector<shell_status> statuses_;
  std::vector<shell_status> before_;
};

}  // namespace weir
