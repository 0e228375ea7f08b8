// Pipelines with tests of their own: each test runs under every executor, with its input in chunks
// of several sizes, and always gives the same. A new file in cases/ is found by itself.

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include "actors/builtin_stages.hpp"
#include "pipelines/assemble/assemble.hpp"
#include "tests/support/executors.hpp"
#include "tests/support/pipeline_trial.hpp"

namespace weir::testing {
namespace {

namespace fs = std::filesystem;

const registry& known() {
  static const registry made(builtin_stages());
  return made;
}

struct case_file {
  std::string name;
  std::string text;
};

std::vector<case_file> case_files() {
  std::vector<case_file> files;
  for (const auto& entry : fs::directory_iterator(WEIR_SOURCE_DIR "/tests/pipelines/cases")) {
    std::ifstream in(entry.path(), std::ios::binary);
    files.push_back({entry.path().filename().string(), {std::istreambuf_iterator<char>(in), {}}});
  }
  std::sort(files.begin(), files.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  return files;
}

// A file of tests, read: its tests that can be run, and what is wrong with it.
struct read_case {
  std::vector<pipeline_test> tests;
  std::vector<pipeline_trial> trials;
  std::set<std::string> stage_types;
  std::vector<std::string> wrong;
};

read_case read(const case_file& file) {
  read_case made;
  problems found;
  const auto spec = read_pipeline(file.text, file.name, {}, found);
  const auto pipeline = spec ? assemble(*spec, known(), found) : std::nullopt;
  if (pipeline && spec->tests.empty())
    made.wrong.push_back(fmt::format("{}: there are no tests in it", file.name));
  std::set<std::string> names;
  for (std::size_t i = 0; pipeline && i < spec->tests.size(); ++i) {
    const auto& test = spec->tests[i];
    if (!names.insert(test.name).second)
      found.add("odd-test", test.place, fmt::format("two tests are named '{}'", test.name));
    made.tests.push_back(test);
    made.trials.emplace_back(*pipeline, test).check(found);
  }
  if (pipeline)
    for (const auto& stage : pipeline->stages) made.stage_types.insert(stage.type->name);
  for (const auto& p : found.all())
    if (p.severity == problem::level::error) made.wrong.push_back(to_text(p));
  return made;
}

// Threads are dearer than runs: all runs share the executors. They go before the program does, for
// what CAF needs at their end is then still there.
struct running_executor {
  std::string name;
  std::unique_ptr<executor> by;
};

std::vector<running_executor> start_executors() {
  std::vector<running_executor> made;
  for (const auto& e : all_executors()) made.push_back({e.name, e.make()});
  return made;
}

std::vector<trial_setup> setups() {
  std::vector<trial_setup> all;
  for (const std::size_t records : {0, 1, 2, 7, 1000}) all.push_back({.chunk_records = records});
  for (const std::size_t records : {0, 2})
    all.push_back({.chunk_records = records, .narrow = true});
  // As little room as there can be on every edge.
  all.push_back({.chunk_records = 1, .credit = {.chunks = 1, .bytes = 64_KiB}});
  return all;
}

std::string described(const trial_setup& how) {
  return fmt::format("{}{}{}",
                     how.chunk_records == 0 ? "all records in one chunk"
                                            : fmt::format("chunks of {}", how.chunk_records),
                     how.narrow ? ", only the expected columns are wanted" : "",
                     how.credit == credit_limits() ? "" : ", credit of one chunk");
}

// What differs is told once, with the first way of running the test in which it does.
struct told_difference {
  std::string first;
  std::size_t ways = 0;
};

void run_test(const std::string& file, const pipeline_test& test, const pipeline_trial& trial,
              const std::vector<running_executor>& executors) {
  std::map<std::string, told_difference> told;
  for (const auto& e : executors)
    for (const auto& how : setups())
      for (const auto& text : trial.run(*e.by, how)) {
        auto& difference = told[text];
        if (++difference.ways == 1)
          difference.first = fmt::format("{}, {}", e.name, described(how));
      }
  for (const auto& [text, difference] : told)
    FAIL_CHECK(fmt::format("{}:{}: test '{}', {} (so in {} of {} ways): {}", file, test.place.line,
                           test.name, difference.first, difference.ways,
                           executors.size() * setups().size(), text));
}

void run_all(const case_file& file, const std::vector<running_executor>& executors) {
  const read_case all = read(file);
  for (const auto& text : all.wrong) FAIL_CHECK(text);
  for (std::size_t i = 0; all.wrong.empty() && i < all.trials.size(); ++i)
    run_test(file.name, all.tests[i], all.trials[i], executors);
}

}  // namespace

TEST_CASE("each pipeline's tests give what they expect, however they are run") {
  const auto files = case_files();
  REQUIRE(!files.empty());
  const auto executors = start_executors();
  for (const auto& file : files) run_all(file, executors);
}

TEST_CASE("a file of tests that would go unseen is told") {
  const auto wrong = [](const std::string& tests) {
    const case_file file{"p.yaml",
                         "weir: 1\nstages:\n"
                         "  - {name: in, type: read_file, path: a.ndjson}\n"
                         "  - {type: print}\n" +
                             tests};
    return fmt::format("{}", fmt::join(read(file).wrong, "\n"));
  };
  CHECK(wrong("tests:\n  - {name: a, input: {in: []}, output: {print: []}}\n") == "");
  CHECK(wrong("") == "p.yaml: there are no tests in it");
  CHECK(wrong("tests: []\n") == "p.yaml: there are no tests in it");
  CHECK(wrong("test:\n  - {name: a, input: {in: []}, output: {print: []}}\n")
            .starts_with("p.yaml:5:1: unknown key 'test'; did you mean 'tests'?"));
  CHECK(wrong("tests:\n  - {name: a, input: {in: []}, output: {print: []}}\n"
              "  - {name: a, input: {in: []}, output: {print: []}}\n") ==
        "p.yaml:7:5: two tests are named 'a'");
  CHECK(wrong("tests:\n  - {name: a, output: {print: []}}\n") ==
        "p.yaml:6:5: test 'a': 'in' reads files; give its records under 'input', as in 'in: []'");
}

TEST_CASE("every stage has its part in a tested pipeline") {
  std::set<std::string> seen;
  for (const auto& file : case_files()) seen.merge(read(file).stage_types);
  for (const auto& name : known().names()) {
    CAPTURE(name);
    CHECK(seen.contains(name));
  }
}

}  // namespace weir::testing
