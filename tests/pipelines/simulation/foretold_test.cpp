#include "pipelines/simulation/foretold.hpp"

#include <doctest/doctest.h>

#include "tests/support/load_graph.hpp"

namespace weir::testing {
namespace {

std::string known(const graph& of, const disturbance& disturbed = nullptr) {
  std::string text;
  const auto all = foretell(of, disturbed);
  for (std::size_t i = 0; i < all.size(); ++i)
    if (of.stages[i].type->kind == stage_kind::sink)
      text += all[i] == foretold::all ? "all " : all[i] == foretold::part ? "part " : "none ";
  return text;
}

constexpr const char* two_sources =
    "  - {name: a, type: read_file, path: a.ndjson}\n"
    "  - {name: b, type: read_file, path: b.ndjson}\n";

TEST_CASE("what is known of a sink's records before a run follows from the stages above") {
  struct row {
    const char *name, *stages, *known;
  };
  const row rows[] = {
      {"a merge is without order", "  - {type: print, from: [a, b]}\n", "all "},
      {"groups need none",
       "  - {type: aggregate, from: [a, b], by: [k], compute: {c: count()}}\n  - {type: print}\n",
       "all "},
      {"the first records do", "  - {type: head, from: [a, b], count: 2}\n  - {type: print}\n",
       "none "},
      {"of one input they are known", "  - {type: head, from: a, count: 2}\n  - {type: print}\n",
       "all "},
      {"pairs of two inputs are", "  - {type: zip, from: [a, b]}\n  - {type: print}\n", "all "},
      {"pairs of a merge are not",
       "  - {name: m, type: filter, from: [a, b], where: n > 0}\n"
       "  - {type: zip, from: [a, m]}\n  - {type: print}\n",
       "none "},
      {"a full input drops what it drops",
       "  - {type: print, from: a, when_full: drop_oldest}\n  - {type: discard, from: a}\n",
       "none all "},
      {"what is refused above a stage that ends early is left to chance",
       "  - {type: filter, from: a, where: n > 0}\n  - {type: head, count: 2}\n"
       "  - {type: print}\n  - {name: r, type: print, from: filter.rejected}\n",
       "all none "},
      {"but not where something else reads all",
       "  - {type: filter, from: a, where: n > 0}\n  - {type: head, count: 2}\n"
       "  - {type: print}\n  - {name: r, type: print, from: filter.rejected}\n"
       "  - {name: f, type: discard, from: filter}\n",
       "all all all "},
      {"above others it is known",
       "  - {type: filter, from: a, where: n > 0}\n  - {type: print}\n"
       "  - {name: r, type: print, from: filter.rejected}\n",
       "all all "},
  };
  for (const auto& row : rows) SUBCASE(row.name) {
      CHECK(known(load_graph(std::string(two_sources) + row.stages)) == row.known);
    }
}

TEST_CASE("where only a part of the records is sure, groups are not known at all") {
  const auto of = load_graph(
      "  - {name: a, type: read_file, path: a.ndjson}\n"
      "  - {type: filter, where: n > 0}\n"
      "  - {type: map, set: {m: n + 1}}\n"
      "  - {type: print}\n"
      "  - {type: aggregate, from: filter, by: [k], compute: {c: count()}}\n"
      "  - {name: g, type: print}\n");
  const auto in_part = [](graph_port output) {
    return output.stage == 1 ? foretold::part : foretold::all;
  };
  CHECK(known(of) == "all all ");
  CHECK(known(of, in_part) == "part none ");
}

TEST_CASE("ways to a stage are counted") {
  const auto of = load_graph(
      "  - {name: a, type: read_file, path: a.ndjson}\n"
      "  - {type: filter, where: n > 0}\n"
      "  - {type: map, from: [a, filter], set: {m: n + 1}}\n"
      "  - {type: print}\n");
  CHECK_FALSE(has_many_ways(of, 1));
  CHECK(has_many_ways(of, 2));
  CHECK(has_many_ways(of, 3));
  CHECK(leads_to(of, 1, 3));
  CHECK_FALSE(leads_to(of, 3, 1));
}

}  // namespace
}  // namespace weir::testing
