// Which part of a pipeline a replay runs, and how its stages are connected.

#include "pipelines/replay/replay_graph.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>

#include "tests/actors/support/temporary_folder.hpp"
#include "tests/support/load_graph.hpp"

namespace weir::testing {
namespace {

constexpr const char* pipeline = R"(
  - {name: one, type: read_file, path: one.ndjson, columns: {at: timestamp}}
  - {name: two, type: read_file, path: two.ndjson}
  - {name: big, type: filter, from: [one, two], where: n > 1}
  - {name: kept, type: write_file, path: kept.ndjson}
  - {name: pair, type: zip, from: [big, two]}
  - {name: pairs, type: write_file, path: pairs.ndjson}
  - {name: bad, type: write_file, from: one.rejected, path: bad.ndjson}
)";

std::string port_text(const graph& of, graph_port at, bool is_output) {
  const auto& stage = of.stages[at.stage];
  return fmt::format(
      "{}.{}", stage.name,
      is_output ? output_name(stage, at.port) : stage.configured->inputs().at(at.port));
}

// The stages in order and the edges, sorted, of a replay of `letters`.
struct shape {
  std::vector<std::string> stages, edges;
  bool operator==(const shape&) const = default;
};

shape shape_for(const std::string& letters) {
  const temporary_folder folder;
  const auto file = letter_file::open(folder.write("dead", letters), "/tmp");
  REQUIRE(file);
  const graph whole = load_graph(pipeline);
  problems found;
  const auto seen = survey(*file, whole, found);
  REQUIRE(seen);
  for (const auto& p : found.all()) FAIL_CHECK(to_text(p));
  const graph made = replay_graph(whole, *seen, *file);
  shape got;
  for (const auto& stage : made.stages)
    got.stages.push_back(fmt::format("{} {}", stage.name, stage.type->name));
  for (const auto& edge : made.edges)
    got.edges.push_back(port_text(made, edge.from, true) + " -> " +
                        port_text(made, edge.to, false));
  std::sort(got.edges.begin(), got.edges.end());
  return got;
}

}  // namespace

TEST_CASE("letters of a source run all below it, and an input that is left is empty") {
  const auto got = shape_for("{\"stage\":\"one\",\"raw\":\"e30=\"}\n");
  CHECK(got.stages == std::vector<std::string>{"one read_file", "big filter", "kept write_file",
                                               "pair zip", "pairs write_file", "bad write_file",
                                               "nothing for pair.1 nothing"});
  CHECK(got.edges == std::vector<std::string>{"big.out -> kept.in", "big.out -> pair.0",
                                              "nothing for pair.1.out -> pair.1",
                                              "one.out -> big.in", "one.rejected -> bad.in",
                                              "pair.out -> pairs.in"});
}

TEST_CASE("letters of several stages come together") {
  const auto got = shape_for(
      "{\"stage\":\"two\",\"raw\":\"e30=\"}\n{\"stage\":\"big\",\"record\":{}}\n"
      "{\"stage\":\"big\",\"record\":{}}\n");
  CHECK(got.stages == std::vector<std::string>{"two read_file", "dead letters of big dead letters",
                                               "big filter", "kept write_file", "pair zip",
                                               "pairs write_file"});
  CHECK(got.edges == std::vector<std::string>{"big.out -> kept.in", "big.out -> pair.0",
                                              "dead letters of big.out -> big.in",
                                              "pair.out -> pairs.in", "two.out -> big.in",
                                              "two.out -> pair.1"});
}

TEST_CASE("letters of a sink go to it alone") {
  const auto got = shape_for("{\"stage\":\"kept\",\"record\":{}}\n");
  CHECK(got.stages ==
        std::vector<std::string>{"dead letters of kept dead letters", "kept write_file"});
  CHECK(got.edges == std::vector<std::string>{"dead letters of kept.out -> kept.in"});
}

}  // namespace weir::testing
