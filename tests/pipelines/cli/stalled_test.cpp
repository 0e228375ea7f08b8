// Pipelines that wait for themselves, as processes: what is told while there is room to give, and
// when there is none.

#include <doctest/doctest.h>

#include "tests/actors/support/temporary_folder.hpp"
#include "tests/support/process.hpp"

namespace weir::testing {
namespace {

process_setup weir(std::vector<std::string> arguments) {
  process_setup setup;
  setup.arguments = {WEIR_BINARY};
  setup.arguments.insert(setup.arguments.end(), arguments.begin(), arguments.end());
  return setup;
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

// Nothing comes of one way until the other would have had to hold nearly all records.
constexpr const char* stages = R"(stages:
  - {name: g, type: generate, count: 3000000, columns: {n: {counter: 0}}}
  - {type: filter, where: n >= 2900000}
  - {name: m, type: map, rename: {n: m}}
  - {type: zip, from: [m, g]}
  - {type: discard}
)";

}  // namespace

TEST_CASE("stalls at one stage are told at the first and after the last") {
  const temporary_folder folder;
  const auto path = folder.write("a.yaml", std::string("weir: 1\npipeline: a\n") + stages);
  const auto done = run_process(weir({"run", path}));
  CHECK(done.code == 0);
  const std::string begin = path + ":7:5: stage 'zip': ";
  const auto first = done.errors.find(begin + "stalled for ");
  REQUIRE(first != std::string::npos);
  CHECK(done.errors.find(begin + "stalled for ", first + 1) == std::string::npos);
  CHECK(has(done.errors, begin + "the last of "));
}

TEST_CASE("a stall that ends a run is told with who waits for whom, as text and as JSON, and 1") {
  const temporary_folder folder;
  const auto path = folder.write("a.yaml", std::string("weir: 1\nmemory: 4MiB\n") + stages);
  for (const char* executor : {"actors", "inline"}) {
    CAPTURE(executor);
    const auto told = run_process(weir({"run", path, "--executor", executor}));
    CAPTURE(told.errors);
    CHECK(told.code == 1);
    CHECK(has(told.errors, path + ":4:5: stage 'g': the pipeline is stalled and holds "));
    CHECK(has(told.errors, "\n  the fork of 'g.out' waits for room on g.out -> zip (full: "));
    CHECK(has(told.errors,
              "\n  'zip' with 'discard' waits for input from m.out -> zip (empty), for "));
    CHECK(has(told.errors,
              "\n  'filter' with 'm' waits for input from g.out -> filter (empty), for "));
    CHECK(has(told.errors, "\n  'g' waits for room on g.out -> g.out.fork (full: "));

    const auto json = run_process(weir({"run", path, "--executor", executor, "--report", "json"}));
    CAPTURE(json.errors);
    CHECK(json.code == 1);
    CHECK(has(json.errors, "\n  \"stall\": {\n    \"stages\": [\n"));
    CHECK(has(json.errors, "\"mermaid\": \"flowchart LR\\n  s0[\\\"the fork of 'g.out'\\\"]\\n"));
    CHECK(has(json.errors, "\\n  class s0,s1,s2 cycle\\n\""));
  }
}

}  // namespace weir::testing
