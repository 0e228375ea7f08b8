// Pipelines with tests of their own: each test runs under every executor, with its input in chunks
// of several sizes, and always gives the same. A new file in cases/ is found by itself.

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "pipelines/cli/pipeline_file.hpp"
#include "pipelines/trial/trial_runner.hpp"

namespace weir::testing {
namespace {

namespace fs = std::filesystem;

const registry& known() {
  static const registry made = known_stages();
  return made;
}

std::vector<std::string> case_files() {
  std::vector<std::string> files;
  for (const auto& entry : fs::directory_iterator(WEIR_SOURCE_DIR "/tests/pipelines/cases"))
    files.push_back(entry.path().string());
  std::sort(files.begin(), files.end());
  return files;
}

// What keeps the tests of a file from being run.
std::string wrong_with(const test_suite& file) {
  std::string text;
  for (const auto& p : file.found.all())
    if (p.severity == problem::level::error) text += to_text(p) + "\n";
  if (text.empty() && file.tested.tests.empty()) text = "there are no tests in it\n";
  return text;
}

}  // namespace

TEST_CASE("each pipeline's tests give what they expect, however they are run") {
  const auto files = case_files();
  REQUIRE(!files.empty());
  trial_runner runner;
  for (const auto& path : files) {
    CAPTURE(path);
    auto file = load_tests(path, {}, known());
    CHECK(wrong_with(file) == "");
    REQUIRE(file.tested.made);
    for (const auto& trial : make_trials(file.tested, known(), file.found))
      for (const auto& failure : runner.run(trial).failures)
        FAIL_CHECK("test '" << trial.test().name << "', " << failure.way << ": " << failure.text);
  }
}

TEST_CASE("every stage has its part in a tested pipeline") {
  std::set<std::string> seen;
  for (const auto& path : case_files())
    if (const auto file = load_tests(path, {}, known()); file.tested.made)
      for (const auto& stage : file.tested.made->stages) seen.insert(stage.type->name);
  for (const auto& name : known().names()) {
    CAPTURE(name);
    CHECK(seen.contains(name));
  }
}

}  // namespace weir::testing
