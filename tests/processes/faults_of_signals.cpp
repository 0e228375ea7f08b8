#include <fmt/format.h>

#include <csignal>
#include <filesystem>

#include "tests/processes/faults.hpp"

// What signals do to a run, at any moment of it.

namespace weir::testing {
namespace {

void undisturbed(treated_run& run) {
  run.prepare();
  process running(run.setup());
  run.end(running);
  run.expect(run.ended_as("complete"), "it ended as " + run.figures().outcome());
  run.check_outputs(running.output());
}

// A run that has just handled all its input is complete, whatever comes then.
void drained_by(treated_run& run, int signal_number, int code) {
  run.prepare();
  process running(run.setup());
  running.await_output_bytes(run.any_progress());
  running.send(signal_number);
  run.end(running);
  const bool fits = run.ended_as("complete") || (run.ended_as("drained") && run.code() == code);
  run.expect(fits, fmt::format("it ended as {}, {}", run.figures().outcome(), run.code()));
  run.check_outputs(running.output());
}

void terminated(treated_run& run) { drained_by(run, run.one_in(4) ? SIGHUP : SIGTERM, 0); }

void interrupted(treated_run& run) { drained_by(run, SIGINT, 130); }

// Two signals at once: the second one aborts what the first one has just begun to drain.
void aborted(treated_run& run) {
  run.prepare();
  process running(run.setup());
  running.await_output_bytes(run.any_progress());
  if (run.one_in(2)) running.stop_reading_output();
  running.send(SIGINT);
  running.send(SIGTERM);
  run.end(running);
  run.expect(!run.ended_as("failed"), "it ended as failed");
  run.check_outputs(running.output());
}

// Ctrl-C again and again, while nobody reads what would have to get out first.
void interrupted_again(treated_run& run) {
  run.prepare();
  auto setup = run.setup();
  setup.arguments[4] = "text";
  process running(setup);
  running.await_output_bytes(1);
  running.stop_reading_output();
  running.send_until(SIGINT, "aborted: ");
  const int code = running.wait();
  // Where all that is printed fits into the pipe the run may be complete.
  const auto& told = running.errors();
  const bool was_aborted = told.find("sample: aborted after ") != std::string::npos;
  const bool was_drained = told.find("sample: drained after ") != std::string::npos;
  const bool was_complete = told.find("sample: complete in ") != std::string::npos;
  run.came_out(fmt::format("{}, {}",
                           was_aborted   ? "aborted"
                           : was_drained ? "drained"
                                         : "complete",
                           code));
  run.expect(code == (was_aborted   ? 1
                      : was_drained ? 130
                                    : 0) &&
                 (was_aborted || was_drained || was_complete),
             "it ended with " + std::to_string(code) + ": " + told);
  run.expect(told.find("ledger: balances") != std::string::npos, told);
  run.check_nothing_left();
}

// What a killed process leaves is in nobody's way.
void killed(treated_run& run) {
  run.prepare();
  {
    process running(run.setup());
    running.await_output_bytes(run.any_progress());
    running.send(SIGKILL);
    const int code = running.wait();
    run.came_out(fmt::format("ended with {}", code));
    run.expect(code == 128 + SIGKILL || code == 0, "it ended with " + std::to_string(code));
    for (const auto& what : run.sample().outputs()) {
      if (what.file.empty() || code == 0) continue;
      run.expect(!run.folder().has("out/" + what.file + ".partial"),
                 "'" + what.file + ".partial' is there");
    }
  }
  run.run_again();
}

void stopped(treated_run& run) {
  run.prepare();
  process running(run.setup());
  for (std::uint32_t times = 1 + run.random().below(3); times > 0; --times) {
    running.await_output_bytes(run.any_progress());
    running.send(SIGSTOP);
    running.await_stop();
    running.send(SIGCONT);
  }
  run.end(running);
  run.expect(run.ended_as("complete"), "it ended as " + run.figures().outcome());
  run.check_outputs(running.output());
}

void terminated_while_stopped(treated_run& run) {
  run.prepare();
  process running(run.setup());
  running.await_output_bytes(run.any_progress());
  running.send(SIGSTOP);
  running.await_stop();
  running.send(SIGTERM);
  running.send(SIGCONT);
  run.end(running);
  run.expect(run.code() == 0, "it ended with " + std::to_string(run.code()));
  run.check_outputs(running.output());
}

}  // namespace

std::vector<fault> faults_of_signals() {
  return {{"none", undisturbed},
          {"SIGTERM, SIGHUP", terminated},
          {"SIGINT", interrupted},
          {"SIGINT and SIGTERM at once", aborted},
          {"SIGINT again and again", interrupted_again},
          {"SIGKILL, and a run after it", killed},
          {"SIGSTOP, SIGCONT", stopped},
          {"SIGTERM while stopped", terminated_while_stopped}};
}

}  // namespace weir::testing
