#include "pipelines/cli/signals.hpp"

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <new>
#include <thread>

#include "pipelines/cli/exit_code.hpp"

namespace weir {
namespace {

// The exit code of a process that is asked to end when its run has ended; 128 and the signal's
// number if that ended it. Then it still has to tell of the run, or (`waits`) can't.
int code_of_process_asked_late(int signal_number, bool waits) {
  constexpr int told = 7;
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ::signal(signal_number, SIG_DFL);
    signal_watch watch;
    watch.start(std::chrono::seconds(1), {[](bool) {}, [] {}, [] {}});
    watch.stop();
    ::raise(signal_number);
    ::raise(signal_number);
    if (waits)
      for (;;) ::pause();
    ::_exit(told);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

// As a library does that was refused a thread when it had some.
[[noreturn]] void part_with_thread_and_end() {
  settle_signals();
  try {
    const std::thread going([] { ::pause(); });
    throw std::bad_alloc();
  } catch (const std::bad_alloc&) {
    ::_exit(0);
  }
}

TEST_CASE("what the system refuses is no bug, also where a library can't part with a thread") {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) part_with_thread_and_end();
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == exit_failed);
}

TEST_CASE("a signal that comes when the run has ended leaves time to tell of it") {
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
    CAPTURE(number);
    CHECK(code_of_process_asked_late(number, false) == 7);
  }
}

TEST_CASE("a process that is asked to end and can't tell of its run ends all the same") {
  CHECK(code_of_process_asked_late(SIGTERM, true) == exit_failed);
}

}  // namespace
}  // namespace weir
