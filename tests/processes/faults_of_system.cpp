#include <fmt/format.h>

#include "tests/processes/faults.hpp"

// What the system may refuse to a run: descriptors, memory, threads.

namespace weir::testing {
namespace {

// It does its work or says what it did not get; that is no bug of weir's.
void check_refused(treated_run& run, process& running) {
  const int code = running.wait();
  run.came_out(fmt::format("ended with {}", code));
  run.expect(code == 0 || code == 1,
             fmt::format("it ended with {}: {}", code, running.errors().substr(0, 2000)));
  run.expect(code == 0 || !running.errors().empty(), "it does not say why");
  run.check_nothing_left();
}

void few_descriptors(treated_run& run) {
#ifdef __SANITIZE_ADDRESS__
  return run.skip("the sanitizers look at memory through descriptors of their own");
#endif
  run.prepare();
  auto setup = run.setup();
  setup.limits = {{RLIMIT_NOFILE, 5 + run.random().below(20)}};
  process running(setup);
  check_refused(run, running);
}

void little_memory(treated_run& run) {
#ifdef __SANITIZE_ADDRESS__
  return run.skip("the address sanitizer takes all addresses there are");
#endif
  run.prepare();
  auto setup = run.setup();
  setup.limits = {{RLIMIT_AS, rlim_t{16 + run.random().below(400)} << 20}};
  process running(setup);
  check_refused(run, running);
}

}  // namespace

std::vector<fault> faults_of_system() {
  return {{"few descriptors", few_descriptors}, {"little memory", little_memory}};
}

}  // namespace weir::testing
