#include <fmt/format.h>

#include "tests/processes/faults.hpp"

// What the system may refuse to a run: descriptors, memory, threads.

namespace weir::testing {
namespace {

// It does its work or says what it did not get; that is no bug of weir's.
void check_refused(treated_run& run, process& running) {
  const int code = running.wait();
  const auto& errors = running.errors();
  run.came_out(fmt::format("ended with {}", code));
  // What is not loaded yet is not weir, and the C library ends a process in its own way.
  const bool is_unloaded = errors.find("error while loading shared libraries") != errors.npos;
  const bool is_libc = errors.starts_with("Fatal glibc error");
  const bool good = is_unloaded ? code == 127 : is_libc ? code == 3 : code == 0 || code == 1;
  run.expect(good, fmt::format("it ended with {}: {}", code, errors.substr(0, 2000)));
  run.expect(code == 0 || !errors.empty(), "it does not say why");
  // On the spot, where nobody can be told, it ends as if it were killed: what it leaves then is
  // written over by the next run.
  const bool at_once = errors.starts_with("weir: the system gives no more");
  if (at_once || is_libc) {
    run.run_again();
  } else {
    run.check_nothing_left();
  }
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
