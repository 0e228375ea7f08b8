// What a process takes when what it prints is read by nobody: all queues fill, and whatever the
// stages keep is as large as it gets.

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/actors/support/temporary_folder.hpp"
#include "tests/processes/run_figures.hpp"
#include "tests/processes/sample_pipeline.hpp"
#include "tests/support/hang_limit.hpp"
#include "tests/support/process.hpp"
#include "tests/support/test_seeds.hpp"

namespace weir::testing {
namespace {

constexpr std::uint64_t mebibyte = 1 << 20;

struct shape {
  const char* name;
  const char* stages;
};

constexpr shape shapes[] = {
    {"a fork and a merge", R"(
  - {name: all, type: generate, preset: access_log, count: '${RECORDS}'}
  - {name: bad, type: filter, from: all, where: status >= 400}
  - {name: good, type: filter, from: all, where: status < 400}
  - {name: both, type: map, from: [bad, good], set: {x: bytes * 2}}
  - {type: write_file, from: both, path: out/both.ndjson.gz}
  - {type: print, from: both}
)"},
    {"a group a record", R"(
  - {name: all, type: generate, count: '${RECORDS}', columns: {n: {counter: 0}, v: 7}}
  - {type: aggregate, by: [n], compute: {count: count(), mean: mean(v)}}
  - {type: print}
)"},
    {"large groups and copies of their records", R"(
  - {name: all, type: read_file, path: in/1.ndjson}
  - {type: aggregate, by: [text, n], compute: {count: count()}}
  - {type: write_file, path: out/groups.ndjson}
  - {name: more, type: map, from: all, set: {twice: n * 2}}
  - {type: print, from: more}
)"},
    {"pairs of chunks of different sizes", R"(
  - {name: all, type: read_file, path: in/1.ndjson}
  - {name: more, type: map, from: all, set: {x: n * 2}}
  - {name: joined, type: rechunk, from: all, records: 50000}
  - {name: pairs, type: zip, from: [more, joined]}
  - {type: print, from: pairs}
)"},
    {"workers", R"(
  - {name: all, type: read_file, path: in/1.ndjson, workers: 8}
  - {name: more, type: map, from: all, set: {twice: text + text}, workers: 8}
  - {type: write_file, from: more, path: out/more.ndjson.zst}
  - {type: print, from: more}
)"},
};

#ifdef __SANITIZE_ADDRESS__
constexpr bool is_sanitized = true;  // then it takes several times the memory and the time
#else
constexpr bool is_sanitized = false;
#endif

constexpr std::uint64_t generated = is_sanitized ? 500'000 : 10'000'000;

// Answers what the process had resident at most, in bytes.
std::uint64_t resident_peak(const temporary_folder& folder, const shape& what,
                            std::uint64_t memory_mebibytes, const char* threads) {
  process_setup setup;
  setup.folder = folder.path("");
  setup.patience = hang_limit;
  setup.environment = {"TMPDIR=" + folder.path("tmp"), fmt::format("RECORDS={}", generated)};
  const auto text = fmt::format("weir: 1\nmemory: {}MiB\nstages:{}", memory_mebibytes, what.stages);
  setup.arguments = {WEIR_BINARY, "run",  folder.write("a.yaml", text), "--report", "json",
                     "--threads", threads};
  process running(std::move(setup));
  running.await_rest();
  const auto peak = running.resident_peak();
  running.send(SIGINT);
  running.send(SIGTERM);
  running.wait();
  const run_figures figures(running.errors());
  for (const auto& line : figures.imbalances()) FAIL_CHECK(line);
  // What would exceed the budget waits, spills or ends the run with what is held.
  CHECK((!figures.failed() || figures.failure("code") == "memory-exceeded"));
  return peak;
}

}  // namespace

TEST_CASE("a process keeps to its memory, however slow its reader is") {
  const temporary_folder folder;
  for (const char* name : {"out", "tmp"}) std::filesystem::create_directory(folder.path(name));
  std::string lines;
  for (std::uint64_t n = 0; n < 400'000; ++n) lines += sample_pipeline::input_line(n) + "\n";
  folder.write("in/1.ndjson", lines);
  // A long run takes all, a short one those that have least room.
  const bool is_long = test_seeds(1).size() > 1;
  for (const auto& what : shapes)
    for (const std::uint64_t memory : {16, 64, 256})
      for (const char* threads : {"1", "2", "8"}) {
        if (!is_long && (memory != 16 || *threads != '8')) continue;
        CAPTURE(what.name);
        CAPTURE(memory);
        CAPTURE(threads);
        const auto peak = resident_peak(folder, what, memory, threads);
        const auto most = memory * mebibyte * 5 / 4 + 32 * mebibyte;
        if (is_long)
          fmt::print("{:<44} memory {:>3}MiB, {} threads: {}MiB resident, at most {}MiB\n",
                     what.name, memory, threads, peak / mebibyte, most / mebibyte);
        CHECK((is_sanitized || peak <= most));
      }
}

}  // namespace weir::testing
