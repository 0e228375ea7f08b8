// Random pipelines of the stages that users have, from files to files: whoever runs them and
// however many records share a chunk, the files written are the same and every balance holds. A
// seed that fails is told; run it alone with WEIR_TEST_SEED=<seed>.

#include "tests/support/random_files.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "pipelines/trial/trial_differences.hpp"
#include "pipelines/trial/trial_order.hpp"
#include "runtime/base/random.hpp"
#include "runtime/base/text.hpp"
#include "tests/actors/support/temporary_folder.hpp"
#include "tests/support/executors.hpp"
#include "tests/support/load_graph.hpp"
#include "tests/support/test_seeds.hpp"

namespace weir::testing {
namespace {

constexpr std::size_t all_records = 100'000'000;

struct standing_executor {
  std::string name;
  std::unique_ptr<executor> runs;
};

std::vector<standing_executor> standing_executors() {
  std::vector<standing_executor> list;
  for (const auto& by : all_executors()) list.push_back({by.name, by.make()});
  return list;
}

std::string replaced(std::string text, std::string_view what, const std::string& with) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
    text.replace(at, what.size(), with);
  return text;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (const auto line : split(text, '\n')) lines.emplace_back(line);
  return lines;
}

/// What one run of a pipeline gave.
struct written {
  std::vector<std::vector<std::string>> files;  ///< the lines of each output
  std::vector<bool> in_order;                   ///< by output
  std::vector<std::string> counts;              ///< of each stage
};

class trial {
 public:
  explicit trial(std::uint64_t seed) : made_(make_file_pipeline(seed)) {
    for (const auto& [name, text] : made_.inputs) folder_.write("in/" + name, text);
  }

  const std::string& stages() const { return made_.stages; }

  written run(executor& by, std::size_t records) {
    const auto out = fmt::format("out{}", ++runs_);
    std::filesystem::create_directory(folder_.path(out));
    auto stages = replaced(made_.stages, "@in", folder_.path("in"));
    stages = replaced(replaced(stages, "@out", folder_.path(out)), "@n", std::to_string(records));
    graph what = load_graph(stages);
    written got;
    for (const auto& output : made_.outputs) got.in_order.push_back(has_order(what, output.stage));
    const auto run = by.start(std::move(what), {});
    const auto report = run->wait(machine_clock().now() + hang_limit);
    REQUIRE_MESSAGE(report, "the run does not end");
    CHECK(report->outcome == run_outcome::complete);
    CHECK_MESSAGE(!report->failure, report->failure->stage << ": " << report->failure->cause.text);
    for (const auto& text : report->imbalances) FAIL_CHECK(text);
    for (const auto& s : report->stages)
      got.counts.push_back(
          made_.takes_all
              ? fmt::format("{}: {} received, {} passed, {} created, {} filtered, {} absorbed, {} "
                            "rejected",
                            s.name, s.received, s.passed, s.created, s.filtered, s.absorbed,
                            s.rejected)
              : s.name);
    for (const auto& output : made_.outputs)
      got.files.push_back(lines_of(folder_.read(out + "/" + output.file)));
    return got;
  }

  /// What differs from the first run; empty if nothing does.
  std::string difference_of(const written& expected, const written& got) const {
    std::string text;
    for (std::size_t i = 0; i < made_.outputs.size(); ++i) {
      if (made_.outputs[i].is_of_rejected && !made_.takes_all) continue;
      text += difference({.what = made_.outputs[i].file,
                          .expected = expected.files[i],
                          .found = got.files[i],
                          .in_order = expected.in_order[i]});
    }
    return text + difference({.what = "counts", .expected = expected.counts, .found = got.counts});
  }

 private:
  static bool has_order(const graph& in, const std::string& sink) {
    for (std::uint32_t i = 0; i < in.stages.size(); ++i)
      if (in.stages[i].name == sink) return input_has_order(in, {i, 0});
    FAIL("there is no stage '", sink, "'");
    return false;
  }

  file_pipeline made_;
  temporary_folder folder_;
  int runs_ = 0;
};

}  // namespace

TEST_CASE("a random pipeline of real stages writes the same files whoever runs it") {
  const auto executors = standing_executors();
  std::size_t lines = 0;
  for (const auto seed : test_seeds(100)) {
    CAPTURE(seed);
    trial one(seed);
    CAPTURE(one.stages());
    random_source random(seed);
    const auto expected = one.run(*executors.front().runs, all_records);
    for (const auto& file : expected.files) lines += file.size();
    for (const auto& by : executors) {
      constexpr std::size_t sizes[] = {1, 2, 7, 30, all_records};
      const auto records = sizes[random.below(std::size(sizes))];
      CAPTURE(by.name);
      CAPTURE(records);
      CHECK(one.difference_of(expected, one.run(*by.runs, records)) == "");
    }
  }
  CHECK(lines > 20);
}

}  // namespace weir::testing
