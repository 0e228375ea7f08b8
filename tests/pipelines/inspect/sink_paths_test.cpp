#include "pipelines/inspect/sink_paths.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/support/load_graph.hpp"

namespace weir {
namespace {

using namespace weir::testing;

// The ways of a pipeline, a line each, as `a -> b: order (of the stage), drops and rejecting
// stages`.
std::string ways_of(const std::string& stages, unsigned threads = 4) {
  const plan planned = plan_run(load_graph(stages), threads);
  std::string all;
  for (const auto& path : paths_to_sinks(planned, 10).shown) {
    const auto name = [&](std::uint32_t stage) { return planned.what.stages[stage].name; };
    const char* orders[] = {"kept", "mixed", "any", "its own"};
    all += fmt::format("{} -> {}: {}", fmt::join(path.outputs, " -> "), name(path.sink),
                       orders[static_cast<int>(path.order)]);
    if (path.order != sink_path::order_kind::kept) all += " (" + name(path.ordered_by) + ")";
    for (const auto& drop : path.drops) all += ", drops " + name(drop.stage);
    for (const auto stage : path.rejecting) all += ", rejects " + name(stage);
    all += '\n';
  }
  return all;
}

}  // namespace

TEST_CASE("a way says what its records keep of the input's order") {
  CHECK(ways_of(R"(
  - {name: a, type: generate, count: 1, columns: {n: 1}}
  - {type: rechunk, records: 2}
  - {name: first, type: discard}
  - {name: b, type: generate, count: 1, columns: {n: 1}}
  - {name: both, type: discard, from: [a, b]}
)") == "a -> rechunk -> first: kept\n"
       "a -> both: mixed (both)\n"
       "b -> both: mixed (both)\n");
  const std::string loose = R"(
  - {name: a, type: generate, count: 1, columns: {n: 1}}
  - {type: map, set: {m: n}, workers: auto, ordered: false}
  - {type: discard, from: [map, map.rejected]}
  - {type: aggregate, from: map, compute: {n: count()}}
  - {name: sums, type: discard, from: [aggregate, aggregate.rejected]}
)";
  CHECK(ways_of(loose) ==
        "a -> map -> discard: any (map)\n"
        "a -> map.rejected -> discard: any (map)\n"
        "a -> map -> aggregate -> sums: mixed (sums)\n"
        "a -> map -> aggregate.rejected -> sums: mixed (sums)\n");
  // One thread asks for one worker, who gives up nothing.
  CHECK(ways_of(loose, 1).starts_with("a -> map -> discard: mixed (discard)\n"));
}

TEST_CASE("a way says where its records may be dropped, or rejected into nothing") {
  CHECK(ways_of(R"(
  - {name: a, type: generate, count: 1, columns: {n: 1}}
  - {type: filter, where: n > 1, when_full: drop_oldest}
  - {type: map, set: {m: n}}
  - {name: end, type: discard, when_full: drop_newest}
  - {name: bad, type: discard, from: map.rejected}
)") == "a -> filter -> map -> end: kept, drops filter, drops end, rejects filter\n"
       "a -> filter -> map.rejected -> bad: kept, drops filter, rejects filter\n");
}

TEST_CASE("stages that run as one with another share its workers and its order") {
  const plan planned = plan_run(load_graph(R"(
  - {name: a, type: generate, count: 1, columns: {n: 1}}
  - {name: first, type: map, set: {m: n}, workers: 3, ordered: false}
  - {name: second, type: filter, where: m > 0}
  - {name: third, type: filter, where: m > 1, workers: 2}
  - {type: discard}
)"),
                                4);
  const auto placing = placing_of_stages(planned);
  CHECK(placing[1].workers == 3);
  CHECK(placing[1].gives_up_order);
  CHECK(placing[1].runs_in == 1);
  CHECK(placing[2].workers == 3);
  CHECK_FALSE(placing[2].gives_up_order);
  CHECK(placing[2].runs_in == 1);
  CHECK(placing[3].workers == 2);
  CHECK(placing[3].runs_in == 3);
}

TEST_CASE("ways that are too many to show are counted") {
  std::string stages = "  - {name: s0, type: generate, count: 1, columns: {n: 1}}\n";
  for (int i = 1; i <= 70; ++i)
    stages += fmt::format(
        "  - {{name: a{0}, type: rechunk, records: 1, from: s{1}}}\n"
        "  - {{name: b{0}, type: rechunk, records: 1, from: s{1}}}\n"
        "  - {{name: s{0}, type: rechunk, records: 1, from: [a{0}, b{0}]}}\n",
        i, i - 1);
  stages += "  - {type: discard}\n";
  const auto found = paths_to_sinks(make_plan(load_graph(stages)), 3);
  CHECK(found.shown.size() == 3);
  CHECK(found.shown.front().outputs.size() == 141);
  CHECK(found.left_out > std::uint64_t{1} << 60);
}

TEST_CASE("what leads to no sink is no way") {
  CHECK(ways_of(R"(
  - {name: a, type: generate, count: 1, columns: {n: 1}}
  - {name: unread, type: rechunk, records: 2}
  - {type: discard, from: a}
)") == "a -> discard: kept\n");
}

}  // namespace weir
