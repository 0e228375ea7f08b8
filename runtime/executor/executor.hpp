#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/base/clock.hpp"
#include "runtime/base/result.hpp"
#include "runtime/graph/graph.hpp"
#include "runtime/observe/run_report.hpp"

namespace weir {

/// What a run is given beside its graph.
struct run_options {
  std::uint64_t seed = 0;
  const clock* time = &machine_clock();
  /// What stages get to come back from their calls once the run has failed or was asked to end.
  /// Who does not is left behind and named by the report as unfinished.
  nanoseconds grace = std::chrono::seconds(5);
  /// Where stages keep what does not fit into `memory`, in files without names.
  std::string temporary_folder = "/tmp";
  /// Called for each event, from the run's own threads, one call at a time. Must not block, and
  /// must not throw: an exception ends the process.
  std::function<void(const run_event&)> on_event;
};

/// A graph that runs: a handle with an owner.
///
/// Destroying the handle of a run that has not ended aborts it and waits for its end.
/// Time:    `drain`, `abort` and `snapshot` return at once.
/// Threads: all calls from any thread.
class run {
 public:
  virtual ~run() = default;

  /// Sources end; all in flight is handled. After the graph's `drain_budget` the run is aborted.
  virtual void drain() = 0;
  /// Everything ends now; what is in flight is discarded, counted.
  virtual void abort() = 0;
  /// Waits for the end, at most until `deadline`; the report of the ended run, or none.
  /// Order: with the inline executor the graph runs in the thread that waits, and only while one
  ///        does: a drain or an abort, too, takes effect in the next `wait`, and a second thread
  ///        that waits gets its turn when the first has given up. Only a graph that may begin again
  ///        as a whole (`failure_action::restart_run`) has a thread of its own there, too.
  virtual std::optional<run_report> wait(std::optional<time_point> deadline = std::nullopt) = 0;
  /// The figures of the last look at the stages, at most 200 ms old while the run goes on; empty
  /// before the first, final when it has ended.
  virtual run_report snapshot() = 0;
};

/// A way to run graphs. One executor may run many graphs, one after the other or side by side. Runs
/// may outlive it.
///
/// Time: a call of a stage that does not wait in `context::wait` and never returns keeps a thread
///       that can't be taken away from it. The run ends, at most four times `grace` after it was
///       asked to, and names the stage; destroying the last handle then waits for ever.
/// Threads: `start` from any thread.
class executor {
 public:
  virtual ~executor() = default;

  /// Opens all stages and lets the records flow.
  ///
  /// Errors: a stage that can't be opened is a failure of the run, found by `wait`.
  virtual std::unique_ptr<run> start(graph what, run_options options) = 0;
};

/// One thread, no mailbox; see ARCHITECTURE.md. Blocking stages have threads of their own.
std::unique_ptr<executor> make_inline_executor();

/// The same in virtual time, for tests of what waits for timers: time stands still while there is
/// work, and jumps to the next timer where there is none. `run_options::time` is asked for the time
/// of day alone. The deadline of `wait` is by the machine's clock.
std::unique_ptr<executor> make_inline_executor_in_virtual_time();

/// Each stage an actor on a work-stealing scheduler with `threads` threads.
///
/// Errors:   throws std::system_error where the system refuses the threads, here and in `start`.
///           All are asked for before any is used: if one is refused after that, the process ends
///           by `std::terminate` with what was thrown.
/// Requires: threads > 0.
std::unique_ptr<executor> make_actors_executor(unsigned threads);

}  // namespace weir
