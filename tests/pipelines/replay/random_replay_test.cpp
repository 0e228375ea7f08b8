// Random pipelines of the stages that users have: the dead letters of a run are all that was
// rejected and that nobody reads, whoever runs it, and a replay through the same pipeline rejects
// each of them again, with the same words. A seed that fails is told; run it alone with
// WEIR_TEST_SEED=<seed>.

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "pipelines/cli/dead_letters.hpp"
#include "pipelines/replay/dead_letter.hpp"
#include "pipelines/replay/replay_graph.hpp"
#include "pipelines/trial/trial_differences.hpp"
#include "runtime/base/text.hpp"
#include "tests/actors/support/temporary_folder.hpp"
#include "tests/support/executors.hpp"
#include "tests/support/load_graph.hpp"
#include "tests/support/random_files.hpp"
#include "tests/support/test_seeds.hpp"

namespace weir::testing {
namespace {

std::string replaced(std::string text, std::string_view what, const std::string& with) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
    text.replace(at, what.size(), with);
  return text;
}

std::string without_time(std::string line) {
  const auto at = line.find(",\"time\":\"");
  REQUIRE(at != std::string::npos);
  return line.erase(at, line.find('"', at + 9) + 1 - at);
}

// Stages that decide on each record by itself.
bool decides_alone(const graph_stage& stage) {
  static const std::set<std::string> names{"read_file", "filter", "map", "parse", "route"};
  return names.contains(stage.type->name);
}

class trial {
 public:
  explicit trial(std::uint64_t seed) : made_(make_file_pipeline(seed)) {
    for (const auto& [name, text] : made_.inputs) folder_.write("in/" + name, text);
  }

  const std::string& stages() const { return made_.stages; }

  graph load() {
    const auto out = fmt::format("out{}", ++runs_);
    std::filesystem::create_directory(folder_.path(out));
    auto stages = replaced(made_.stages, "@in", folder_.path("in"));
    return load_graph(replaced(replaced(stages, "@out", folder_.path(out)), "@n", "30"));
  }

  /// The name of a file with what was rejected.
  std::string run(const named_executor& by, graph what) {
    auto name = fmt::format("dead{}", runs_);
    auto letters = dead_letters::open(folder_.path(name));
    REQUIRE(letters);
    what.keeper = *letters;
    const auto report = run_to_end(by, std::move(what));
    REQUIRE_MESSAGE(report, "the run does not end");
    CHECK(report->outcome == run_outcome::complete);
    for (const auto& text : report->imbalances) FAIL_CHECK(text);
    CHECK((*letters)->kept() == report->rejected_unread());
    CHECK((*letters)->lost() == 0);
    return name;
  }

  std::shared_ptr<const letter_file> open(const std::string& name) const {
    auto letters = letter_file::open(folder_.path(name), "/tmp");
    REQUIRE(letters);
    return *letters;
  }

  /// The letters that a replay would reject again, sorted.
  std::vector<std::string> steady(const std::string& name, const graph& of) const {
    std::vector<std::string> lines;
    const std::string text = folder_.read(name);
    for (const auto line : split(text, '\n')) {
      if (line.empty()) continue;
      const auto letter = read_dead_letter(line);
      CAPTURE(std::string(line));
      REQUIRE(letter);
      const bool counts =
          std::any_of(of.stages.begin(), of.stages.end(), [&](const graph_stage& stage) {
            return stage.name == letter->stage && decides_alone(stage);
          });
      if (counts && letter->is_whole()) lines.push_back(without_time(std::string(line)));
    }
    std::sort(lines.begin(), lines.end());
    return lines;
  }

 private:
  file_pipeline made_;
  temporary_folder folder_;
  int runs_ = 0;
};

}  // namespace

TEST_CASE("what a random pipeline rejected is rejected again, with the same words") {
  const auto executors = all_executors();
  std::size_t replayed = 0;
  for (const auto seed : test_seeds(60)) {
    CAPTURE(seed);
    trial one(seed);
    CAPTURE(one.stages());
    for (const auto& by : executors) {
      CAPTURE(by.name);
      const graph whole = one.load();
      const auto first = one.run(by, whole);
      const auto letters = one.open(first);
      problems found;
      const auto seen = survey(letters, whole, found);
      REQUIRE(seen);
      REQUIRE_FALSE(found.any_errors());
      if (seen->sum() == 0) continue;
      const auto again = one.run(by, replay_graph(one.load(), *seen, letters));
      const auto expected = one.steady(first, whole);
      replayed += expected.size();
      CHECK(difference({.what = "dead letters",
                        .expected = expected,
                        .found = one.steady(again, whole),
                        .in_order = false}) == "");
    }
  }
  CHECK(replayed > 20);
}

}  // namespace weir::testing
