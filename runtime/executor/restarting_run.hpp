#pragma once

#include <functional>
#include <memory>

#include "runtime/executor/executor.hpp"
#include "runtime/executor/run_environment.hpp"

namespace weir {

/// Starts one try at a run. Called again after the executor it is of may have gone.
using start_attempt = std::function<std::unique_ptr<run>(graph, run_options, run_attempt)>;

/// A run of the graph: where no stage has `failure_action::restart_run` a single try, else one that
/// begins again as a whole when such a stage fails in a call on records.
///
/// Each try is a run by itself, with stages, edges and a ledger of its own. One that failed has
/// discarded what was in flight and settled its sinks as failed before the next begins, after the
/// wait that the stage's `restart` says; more tries than it says end the run, with the first cause.
/// So does a stage that can't be opened or closed, a call that did not return, and whatever fails
/// once a drain or an abort was asked for. The report is that of the last try.
///
/// `waits_by`: the clock of the deadline of `run::wait`.
/// Time:    `start` makes the first try; one thread of its own leads from each to the next.
/// Errors:  those of `start`. Where a later try can't be started, the run has failed of that.
/// Throws:  std::system_error where there is no thread to be had.
std::unique_ptr<run> start_restarting(graph what, run_options options, const clock& waits_by,
                                      start_attempt start);

}  // namespace weir
