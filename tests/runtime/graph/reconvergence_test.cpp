#include "runtime/graph/reconvergence.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/support/graph_builder.hpp"

namespace weir {
namespace {

using namespace weir::testing;

// A diamond: a source, a stage on the one way, nothing on the other, a stage where they meet.
plan diamond(made_stage slow, input_order order = input_order::all) {
  graph_builder build;
  const auto a = build.add({.name = "from", .kind = stage_kind::source});
  const auto b = build.add(std::move(slow));
  const auto c = build.add({.name = "join", .inputs = {"left", "right"}, .order = order});
  const auto d = build.add({.name = "to", .kind = stage_kind::sink});
  build.connect(a, b).connect(a, c, 0, 0).connect(b, c, 0, 1).connect(c, d);
  return make_plan(build.finish());
}

const plan_node& node_of(const plan& made, const std::string& name) {
  for (const auto& node : made.nodes)
    if (node.name == name) return node;
  FAIL("no node '" << name << "'");
  return made.nodes.front();
}

std::uint32_t credit_of(const plan& made, const std::string& node, port_number port) {
  return made.edges[node_of(made, node).inputs.at(port)].credit.chunks;
}

bool names_all(const std::string& text, const std::vector<std::string>& names) {
  for (const auto& name : names)
    if (text.find(name) == std::string::npos) return false;
  return true;
}

TEST_CASE("what one way holds back finds room on the other") {
  const auto made = diamond({.name = "slow", .hold = hold_bound::chunks(10)});
  CHECK(credit_of(made, "join", 0) == 8 + 10);
  CHECK(credit_of(made, "join", 1) == 8);
  CHECK(credit_of(made, "slow", 0) == 8);
  CHECK(made.warnings.empty());
  REQUIRE(made.notes.size() == 1);
  CHECK(names_all(made.notes[0], {"from.out -> join", "18 chunks", "'slow'", "10"}));
  // Room for the chunks in bytes as well.
  const auto plain = diamond({.name = "slow"});
  const auto bytes = [](const plan& of) {
    return of.edges[node_of(of, "join").inputs[0]].credit.bytes.bytes;
  };
  CHECK(bytes(made) > bytes(plain));
}

TEST_CASE("what finds room on the other way stays within the memory of the pipeline") {
  const auto bytes_of_all = [](const plan& of) {
    std::uint64_t bytes = 0;
    for (const auto& edge : of.edges) bytes += edge.credit.bytes.bytes;
    return bytes;
  };
  const auto made = diamond({.name = "slow", .hold = hold_bound::chunks(100'000)});
  CHECK(credit_of(made, "join", 0) == 8 + 100'000);
  CHECK(bytes_of_all(made) == made.what.memory.bytes);
  REQUIRE(made.notes.size() == 1);
  CHECK(names_all(made.notes[0], {"100008 chunks", "'memory' leaves room for"}));
}

TEST_CASE("a way that drops what finds no room is warned of") {
  graph_builder build;
  const auto a = build.add({.name = "from", .kind = stage_kind::source});
  const auto b =
      build.add({.name = "lossy", .credit = {.chunks = 2}, .full = when_full::drop_newest});
  const auto c =
      build.add({.name = "join", .inputs = {"left", "right"}, .order = input_order::all});
  const auto d = build.add({.name = "to", .kind = stage_kind::sink});
  build.connect(a, b).connect(a, c, 0, 0).connect(b, c, 0, 1).connect(c, d);
  const auto made = make_plan(build.finish());
  REQUIRE(made.warnings.size() == 1);
  CHECK(names_all(made.warnings[0].text, {"'from.out'", "'lossy'", "'memory'"}));
}

TEST_CASE("a hold told in records may be as many chunks") {
  const auto made = diamond({.name = "slow", .hold = hold_bound::records(25)});
  CHECK(credit_of(made, "join", 0) == 8 + 25);
}

TEST_CASE("a way that holds nothing changes nothing") {
  const auto made = diamond({.name = "quick"});
  CHECK(credit_of(made, "join", 0) == 8);
  CHECK(credit_of(made, "join", 1) == 8);
  CHECK(made.notes.empty());
  CHECK(made.warnings.empty());
}

TEST_CASE("a way that may hold everything, or change how many records there are, is warned of") {
  const made_stage ways[] = {
      {.name = "slow", .hold = hold_bound::everything()},
      {.name = "slow", .ledger = ledger_kind::filters},
      {.name = "slow", .ledger = ledger_kind::creates},
      // A record leaves by one of its ports: no port has as many as came in.
      {.name = "slow", .outputs = {"some", "others"}},
  };
  for (const auto& slow : ways) {
    const auto made = diamond(slow);
    REQUIRE(made.warnings.size() == 1);
    CHECK(made.what.stages[made.warnings[0].stage].name == "join");
    CHECK(names_all(made.warnings[0].text, {"from 'from.out'", "'slow'", "'memory'"}));
    CHECK(made.notes.empty());
  }
}

TEST_CASE("a warning names both ways, where they part and where they meet") {
  graph_builder build;
  const auto a = build.add({.name = "from", .kind = stage_kind::source});
  const auto b = build.add({.name = "slow", .ledger = ledger_kind::filters});
  const auto c = build.add({.name = "quick"});
  const auto d = build.add({.name = "other"});
  const auto e =
      build.add({.name = "join", .inputs = {"left", "right"}, .order = input_order::all});
  build.connect(a, b).connect(b, e, 0, 0);
  build.connect(a, c).connect(c, d).connect(d, e, 0, 1);
  build.connect(e, build.add({.name = "to", .kind = stage_kind::sink}));
  const auto made = make_plan(build.finish());
  REQUIRE(made.warnings.size() == 1);
  CHECK(made.warnings[0].text ==
        "it reads two paths from 'from.out'; the one through 'slow' may hold back or change the "
        "number of records, so the other, through 'quick', 'other', may fill up to 'memory'");
  // A way without a stage is told by where it comes from.
  const auto straight = diamond({.name = "slow", .ledger = ledger_kind::filters});
  REQUIRE(straight.warnings.size() == 1);
  CHECK(straight.warnings[0].text ==
        "it reads two paths from 'from.out'; the one through 'slow' may hold back or change the "
        "number of records, so the other, from 'from.out', may fill up to 'memory'");
}

TEST_CASE("two ways that part at the ports of one stage are warned of") {
  graph_builder build;
  const auto a = build.add({.name = "from", .kind = stage_kind::source});
  const auto b = build.add({.name = "split", .outputs = {"some", "others"}});
  const auto c =
      build.add({.name = "join", .inputs = {"left", "right"}, .order = input_order::all});
  const auto d = build.add({.name = "to", .kind = stage_kind::sink});
  build.connect(a, b).connect(b, c, 0, 0).connect(b, c, 1, 1).connect(c, d);
  const auto made = make_plan(build.finish());
  REQUIRE(made.warnings.size() == 2);
  CHECK(names_all(made.warnings[0].text, {"'split'", "split.others"}));
  CHECK(names_all(made.warnings[1].text, {"'split'", "split.some"}));
}

TEST_CASE("holds along a way add up, and the worst way counts") {
  graph_builder build;
  const auto a = build.add({.name = "from", .kind = stage_kind::source});
  const auto b = build.add({.name = "first", .hold = hold_bound::chunks(3)});
  const auto c = build.add({.name = "second", .hold = hold_bound::chunks(4)});
  const auto d = build.add({.name = "aside", .hold = hold_bound::chunks(5)});
  const auto e =
      build.add({.name = "join", .inputs = {"left", "right"}, .order = input_order::all});
  build.connect(a, b).connect(b, c).connect(c, e, 0, 0);  // holds 7
  build.connect(a, d).connect(d, e, 0, 1);                // holds 5
  const auto made = make_plan(build.finish());
  CHECK(credit_of(made, "join", 0) == 8 + 5);
  CHECK(credit_of(made, "join", 1) == 8 + 7);
  REQUIRE(made.notes.size() == 2);
  CHECK(made.notes[0].find("'first', 'second'") != std::string::npos);
}

TEST_CASE("a hold above the place where the ways part does not count") {
  graph_builder build;
  const auto a = build.add({.name = "from", .kind = stage_kind::source});
  const auto b = build.add({.name = "above", .hold = hold_bound::everything()});
  const auto c =
      build.add({.name = "join", .inputs = {"left", "right"}, .order = input_order::all});
  const auto d = build.add({.name = "below", .hold = hold_bound::everything()});
  build.connect(a, b).connect(b, c, 0, 0).connect(b, c, 0, 1).connect(c, d);
  build.connect(d, build.add({.name = "to", .kind = stage_kind::sink}));
  const auto made = make_plan(build.finish());
  CHECK(made.warnings.empty());
  CHECK(made.notes.empty());
}

TEST_CASE("a merge takes what comes, and a join of two sources has nothing to meet again") {
  CHECK(diamond({.name = "slow", .hold = hold_bound::everything()}, input_order::any)
            .warnings.empty());
  graph_builder build;
  const auto a = build.add({.name = "a", .kind = stage_kind::source});
  const auto b = build.add({.name = "b", .kind = stage_kind::source});
  const auto slow = build.add({.name = "slow", .hold = hold_bound::everything()});
  const auto join =
      build.add({.name = "join", .inputs = {"left", "right"}, .order = input_order::all});
  build.connect(a, slow).connect(slow, join, 0, 0).connect(b, join, 0, 1);
  const auto made = make_plan(build.finish());
  CHECK(made.warnings.empty());
  CHECK(made.notes.empty());
}

TEST_CASE("two ways into the same input of a join meet at its merge and need no room") {
  graph_builder build;
  const auto a = build.add({.name = "a", .kind = stage_kind::source});
  const auto b = build.add({.name = "b", .kind = stage_kind::source});
  const auto slow = build.add({.name = "slow", .hold = hold_bound::everything()});
  const auto join =
      build.add({.name = "join", .inputs = {"left", "right"}, .order = input_order::all});
  build.connect(a, slow).connect(slow, join, 0, 0).connect(a, join, 0, 0).connect(b, join, 0, 1);
  const auto made = make_plan(build.finish());
  CHECK(made.warnings.empty());
  CHECK(made.notes.empty());
}

}  // namespace
}  // namespace weir
