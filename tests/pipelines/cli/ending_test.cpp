// How a run that goes on for ever is ended: signals, readers that leave, input that stays open.

#include <doctest/doctest.h>

#include <csignal>

#include "tests/actors/support/temporary_folder.hpp"
#include "tests/support/process.hpp"

namespace weir::testing {
namespace {

constexpr const char* endless = R"(weir: 1
pipeline: endless
stages:
  - {type: generate, columns: {n: {counter: 0}}}
  - {type: discard}
)";

constexpr const char* endless_print = R"(weir: 1
pipeline: endless
stages:
  - {type: generate, columns: {n: {counter: 0}}}
  - {type: print}
)";

constexpr const char* copy_input = R"(weir: 1
pipeline: copy
stages:
  - {type: read_file, path: "-", format: ndjson}
  - {type: print}
)";

process_setup run_of(const std::string& path, const char* executor) {
  process_setup setup;
  setup.arguments = {WEIR_BINARY, "run", path, "--executor", executor};
  return setup;
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

// Once a process has been seen to run, signals find their handlers.
void await_running(process& what) { what.await_output("{"); }

}  // namespace

TEST_CASE("Ctrl-C drains an endless run, and 130") {
  const temporary_folder folder;
  for (const char* executor : {"actors", "inline"}) {
    process running(run_of(folder.write("a.yaml", endless_print), executor));
    await_running(running);
    running.send(SIGINT);
    CHECK(running.wait() == 130);
    CHECK(has(running.errors(), "interrupted: draining, for at most 10s; once more aborts\n"));
    CHECK(has(running.errors(), "endless: drained after "));
    CHECK(has(running.errors(), "ledger: balances"));
    CHECK(running.output().ends_with("}\n"));
  }
}

TEST_CASE("SIGTERM drains an endless run, and 0") {
  const temporary_folder folder;
  for (const char* executor : {"actors", "inline"}) {
    process running(run_of(folder.write("a.yaml", endless_print), executor));
    await_running(running);
    running.send(SIGTERM);
    CHECK(running.wait() == 0);
    CHECK(has(running.errors(), "asked to end: draining, for at most 10s"));
    CHECK(has(running.errors(), "endless: drained after "));
  }
}

TEST_CASE("a signal that comes before the run has begun is not lost") {
  const temporary_folder folder;
  const auto path = folder.write("a.yaml", endless);
  for (const char* executor : {"actors", "inline"}) {
    process running(run_of(path, executor));
    running.send(SIGTERM);
    const int code = running.wait();
    // Before the program has set anything up, the signal ends it as it ends any.
    CHECK((code == 0 || code == 128 + SIGTERM));
  }
}

TEST_CASE("a drain that can't end is aborted by a second signal, and 1") {
  const temporary_folder folder;
  for (const char* executor : {"actors", "inline"}) {
    auto setup = run_of(folder.write("a.yaml", endless_print), executor);
    setup.arguments.insert(setup.arguments.end(), {"--drain", "1h"});
    process running(setup);
    // Nobody reads on, so what is in flight can't get out.
    await_running(running);
    running.stop_reading_output();
    running.send(SIGINT);
    running.await_errors("draining, for at most 1h; once more aborts\n");
    // The same signal so soon would count as the first one.
    running.send(SIGTERM);
    running.await_errors("aborted");
    CHECK(running.wait() == 1);
    CHECK(has(running.errors(), "endless: aborted after "));
  }
}

TEST_CASE("a drain that takes longer than its budget is aborted, and 1") {
  const temporary_folder folder;
  for (const char* executor : {"actors", "inline"}) {
    auto setup = run_of(folder.write("a.yaml", endless_print), executor);
    setup.arguments.insert(setup.arguments.end(), {"--drain", "100ms"});
    process running(setup);
    await_running(running);
    running.stop_reading_output();
    running.send(SIGTERM);
    running.await_errors("ledger: ");
    CHECK(running.wait() == 1);
    CHECK(has(running.errors(), "what was in flight was not handled within 100ms"));
  }
}

TEST_CASE("when the reader of standard output leaves, the run is complete, and 0") {
  const temporary_folder folder;
  for (const char* executor : {"actors", "inline"}) {
    process running(run_of(folder.write("a.yaml", endless_print), executor));
    await_running(running);
    running.close_output();
    CHECK(running.wait() == 0);
    CHECK(has(running.errors(), "endless: complete in "));
  }
}

TEST_CASE("records come out while standard input stays open, and a signal ends the wait") {
  const temporary_folder folder;
  for (const char* executor : {"actors", "inline"}) {
    auto setup = run_of(folder.write("a.yaml", copy_input), executor);
    setup.input_path = input_pipe;
    process running(setup);
    running.write_input("{\"n\":1}\n");
    running.await_output("{\"n\":1}\n");
    running.write_input("{\"n\":2}\n");
    running.await_output("{\"n\":2}\n");
    running.send(SIGINT);
    CHECK(running.wait() == 130);
  }
}

TEST_CASE("the end of standard input ends the run, and 0") {
  const temporary_folder folder;
  for (const char* executor : {"actors", "inline"}) {
    auto setup = run_of(folder.write("a.yaml", copy_input), executor);
    setup.input_path = input_pipe;
    process running(setup);
    running.write_input("{\"n\":1}\n{\"n\":2}");
    running.close_input();
    CHECK(running.wait() == 0);
    CHECK(running.output() == "{\"n\":1}\n{\"n\":2}\n");
    CHECK(has(running.errors(), "copy: complete in "));
  }
}

TEST_CASE("a signal that was ignored at the start stays ignored") {
  const temporary_folder folder;
  auto setup = run_of(folder.write("a.yaml", copy_input), "actors");
  setup.input_path = input_pipe;
  setup.ignored_signals = {SIGINT, SIGHUP};
  process running(setup);
  running.write_input("{\"n\":1}\n");
  running.await_output("{\"n\":1}\n");
  running.send(SIGINT);
  running.send(SIGHUP);
  running.write_input("{\"n\":2}\n");
  running.await_output("{\"n\":2}\n");
  running.close_input();
  CHECK(running.wait() == 0);
  CHECK_FALSE(has(running.errors(), "draining"));
}

TEST_CASE("a run that was drained keeps what it wrote under a name that says so") {
  const temporary_folder folder;
  const auto path = folder.write(
      "a.yaml",
      "weir: 1\npipeline: a\nstages:\n  - {type: read_file, path: '-', format: ndjson}\n"
      "  - {type: write_file, path: out.ndjson}\n  - {type: print, from: read_file}\n");
  for (const char* executor : {"actors", "inline"}) {
    auto setup = run_of(path, executor);
    setup.folder = folder.path("");
    setup.input_path = input_pipe;
    process running(setup);
    running.write_input("{\"n\":1}\n");
    running.await_output("{\"n\":1}\n");
    running.send(SIGTERM);
    CHECK(running.wait() == 0);
    CHECK(folder.read("out.ndjson.partial") == "{\"n\":1}\n");
    CHECK_FALSE(folder.has("out.ndjson"));
    std::filesystem::remove(folder.path("out.ndjson.partial"));
  }
}

TEST_CASE("a violated invariant ends with 3, told as a bug") {
  const temporary_folder folder;
  process running(run_of(folder.write("a.yaml", endless_print), "actors"));
  await_running(running);
  running.send(SIGABRT);
  CHECK(running.wait() == 3);
  CHECK(running.errors().ends_with("this is a bug in weir, not in the pipeline\n"));
}

}  // namespace weir::testing
