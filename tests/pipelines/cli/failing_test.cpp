// Stages that fail in a process of their own: what their policy makes of the run, its output and
// its exit code. What fails is a device that is always full, or a small file system that is for a
// time.

#include <doctest/doctest.h>

#include <algorithm>

#include "tests/actors/support/temporary_folder.hpp"
#include "tests/support/process.hpp"

namespace weir::testing {
namespace {

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

struct ended_run {
  int code = 0;
  std::string errors;
};

ended_run run_of(const temporary_folder& folder, const std::string& pipeline,
                 const char* executor) {
  process_setup setup;
  setup.folder = folder.path("");
  setup.arguments = {WEIR_BINARY, "run", folder.write("a.yaml", pipeline), "--executor", executor};
  process running(std::move(setup));
  ended_run ended;
  ended.code = running.wait();
  ended.errors = running.errors();
  return ended;
}

std::ptrdiff_t lines_of(const std::string& text) {
  return std::count(text.begin(), text.end(), '\n');
}

}  // namespace

TEST_CASE("a sink that is cut off leaves the other one whole, and 1") {
  constexpr const char* pipeline = R"(weir: 1
pipeline: two
stages:
  - {name: all, type: generate, count: 100000, columns: {n: {counter: 0}}}
  - {name: lost, type: write_file, path: /dev/full, on_failure: isolate}
  - {name: kept, type: write_file, from: all, path: kept.ndjson}
)";
  for (const char* executor : {"actors", "inline"}) {
    CAPTURE(executor);
    const temporary_folder folder;
    const auto run = run_of(folder, pipeline, executor);
    CAPTURE(run.errors);
    CHECK(run.code == 1);
    CHECK(has(run.errors, "a.yaml:5:5: stage 'lost': cut off: '/dev/full': "));
    CHECK(has(run.errors, "two: complete in "));
    CHECK(has(run.errors, "ledger: balances"));
    CHECK(lines_of(folder.read("kept.ndjson")) == 100'000);
  }
}

TEST_CASE("a sink that fails again and again ends the run with the first cause, and 1") {
  constexpr const char* pipeline = R"(weir: 1
stages:
  - {name: all, type: generate, count: 100000, columns: {n: {counter: 0}}}
  - name: full
    type: write_file
    path: /dev/full
    on_failure: restart
    restart: {most: 2, within: 1h, backoff: {first: 1ms, jitter: 0}}
  - {name: other, type: write_file, from: all, path: other.ndjson}
)";
  for (const char* executor : {"actors", "inline"}) {
    CAPTURE(executor);
    const temporary_folder folder;
    const auto run = run_of(folder, pipeline, executor);
    CAPTURE(run.errors);
    CHECK(run.code == 1);
    CHECK(has(run.errors, "it begins anew in 1ms, restart 1 of at most 2 in 1h"));
    CHECK(has(run.errors, "it begins anew in 2ms, restart 2 of at most 2 in 1h"));
    CHECK(has(run.errors, "a.yaml:4:5: stage 'full': '/dev/full': "));
    CHECK(has(run.errors, "\n  at last: 'consume' failed: '/dev/full': "));
    CHECK(has(run.errors, "restarted: 'full' 2 times\n"));
    CHECK(has(run.errors, "ledger: balances"));
    CHECK_FALSE(folder.has("other.ndjson"));
  }
}

TEST_CASE("what a stage that skips fails on is rejected, and what is no record ends the run") {
  constexpr const char* pipeline = R"(weir: 1
stages:
  - {name: all, type: generate, count: 100000, columns: {n: {counter: 0}}}
  - name: full
    type: write_file
    path: /dev/full
    on_failure: skip
    restart: {most: 1, backoff: {first: 1ms}}
  - {name: refused, type: write_file, from: full.rejected, path: refused.ndjson}
)";
  for (const char* executor : {"actors", "inline"}) {
    CAPTURE(executor);
    const temporary_folder folder;
    const auto run = run_of(folder, pipeline, executor);
    CAPTURE(run.errors);
    // Its last call has no records to reject: it is tried again and then fails.
    CHECK(run.code == 1);
    CHECK(has(run.errors, "record rejected: the stage failed on "));
    CHECK(has(run.errors, "ledger: balances"));
  }
}

TEST_CASE("a sink without space is tried again until the deadline, and then the run ends with 1") {
  constexpr const char* pipeline = R"(weir: 1
stages:
  - {name: all, type: generate, count: 100000, columns: {n: {counter: 0}}}
  - name: full
    type: write_file
    path: /dev/full
    retry: {deadline: 50ms, backoff: {first: 20ms, jitter: 0}}
)";
  for (const char* executor : {"actors", "inline"}) {
    CAPTURE(executor);
    const temporary_folder folder;
    const auto run = run_of(folder, pipeline, executor);
    CAPTURE(run.errors);
    CHECK(run.code == 1);
    CHECK(
        has(run.errors, "a.yaml:4:5: stage 'full': 'consume' can't be done for now: '/dev/full'"));
    CHECK(has(run.errors, "it is tried again in 20ms, and so on for 50ms at most\n"));
    CHECK(has(run.errors, " and is not done: '/dev/full': "));
    CHECK(has(run.errors, "\n  at last: 'consume' failed: '/dev/full': "));
    CHECK(has(run.errors, "tried again: 'full' "));
    CHECK(has(run.errors, "ledger: balances"));
  }
}

// Needs namespaces of its own to mount a file system in: where the system gives none, there is
// nothing to test with, which is told.
TEST_CASE("a file system that is full and then freed while it is tried again takes all records") {
  constexpr const char* script = R"(exec 3<&0
mkdir small && mount -t tmpfs -o size=1m none small || exit 77
head -c 900000 /dev/zero >small/filler
{ read -r line; rm small/filler; } <&3 &
"$0" run a.yaml --executor "$1" 3<&-
code=$?
cp small/kept.ndjson kept.ndjson
exit $code
)";
  constexpr const char* pipeline = R"(weir: 1
stages:
  - {name: all, type: generate, count: 50000, columns: {n: {counter: 0}}}
  - name: kept
    type: write_file
    path: small/kept.ndjson
    retry: {deadline: 50s, backoff: {first: 1ms, max: 5ms}}
)";
  for (const char* executor : {"actors", "inline"}) {
    CAPTURE(executor);
    const temporary_folder folder;
    folder.write("a.yaml", pipeline);
    process_setup setup;
    setup.folder = folder.path("");
    setup.input_path = input_pipe;
    setup.arguments = {"/usr/bin/unshare", "-rm", "/bin/sh", "-c", script, WEIR_BINARY, executor};
    const auto probe = run_process({.arguments = {"/usr/bin/unshare", "-rm", "/bin/true"}});
    if (probe.code != 0) {
      MESSAGE("no namespaces to be had, so that nothing is full: " << probe.errors);
      return;
    }
    process running(std::move(setup));
    running.await_errors("it is tried again in ");
    running.write_input("free\n");
    const int code = running.wait();
    CAPTURE(running.errors());
    CHECK(code == 0);
    CHECK(has(running.errors(), "small/kept.ndjson': no space left on device"));
    CHECK(has(running.errors(), " and is done\n"));
    CHECK(has(running.errors(), "tried again: 'kept' "));
    CHECK(has(running.errors(), "ledger: balances"));
    const std::string kept = folder.read("kept.ndjson");
    CHECK(lines_of(kept) == 50'000);
    CHECK(kept.starts_with("{\"n\":0}\n{\"n\":1}\n"));
    CHECK(kept.ends_with("{\"n\":49999}\n"));
  }
}

}  // namespace weir::testing
