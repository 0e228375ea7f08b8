#include "pipelines/assemble/assemble.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>

#include "tests/pipelines/test_stages.hpp"

namespace weir {
namespace {

// The graph's edges as `stage.port -> stage.port`, or all problems that are errors.
std::string edges_of(const std::string& stages) {
  problems found;
  const auto made =
      load_pipeline("weir: 1\nstages:\n" + stages, "p.yaml", testing::known_stages(), {}, found);
  CHECK(made.has_value() == !found.any_errors());
  std::vector<std::string> lines;
  if (!made) {
    for (const auto& p : found.all())
      if (p.severity == problem::level::error) lines.push_back(to_text(p));
  } else {
    for (const auto& edge : made->edges) {
      const auto& from = made->stages[edge.from.stage];
      const auto& to = made->stages[edge.to.stage];
      lines.push_back(fmt::format("{}.{} -> {}.{}", from.name, output_name(from, edge.from.port),
                                  to.name, to.configured->inputs()[edge.to.port]));
    }
  }
  return fmt::format("{}", fmt::join(lines, "\n"));
}

}  // namespace

TEST_CASE("stages are wired as 'from' says or to the one above") {
  CHECK(edges_of(R"(
  - {name: access, type: read_file, path: a.ndjson}
  - {type: filter, where: status >= 500}
  - {type: write_file, path: slow.ndjson}
  - {type: write_file, from: access.rejected, path: rejected.ndjson}
)") == "access.out -> filter.in\n"
       "filter.out -> write_file.in\n"
       "access.rejected -> write_file_2.in");
  SUBCASE("a list is merged in its order, and two stages may read one port") {
    CHECK(edges_of(R"(
  - {name: a, type: generate, preset: access_log, count: 5}
  - {name: b, type: generate, preset: access_log, count: 5}
  - {type: print, from: [b, a, a.rejected]}
  - {type: discard, from: a}
)") == "b.out -> print.in\n"
       "a.out -> print.in\n"
       "a.rejected -> print.in\n"
       "a.out -> discard.in");
  }
  SUBCASE("inputs have names or numbers") {
    CHECK(edges_of(R"(
  - {type: print, from: joined}
  - {name: joined, type: join, on: id, from: {right: [a, b], left: zip}}
  - {type: zip, from: [a, b.rejected, a]}
  - {name: a, type: generate, preset: access_log, count: 5}
  - {name: b, type: generate, preset: access_log, count: 5}
)") == "joined.out -> print.in\n"
       "a.out -> joined.right\n"
       "b.out -> joined.right\n"
       "zip.out -> joined.left\n"
       "a.out -> zip.0\n"
       "b.rejected -> zip.1\n"
       "a.out -> zip.2");
  }
  SUBCASE("ports may be chosen by options") {
    CHECK(edges_of(R"(
  - {type: generate, preset: access_log, count: 5}
  - {type: route, routes: {slow: duration_ms > 5}}
  - {type: print, from: route.slow}
  - {type: discard, from: route.other}
)") == "generate.out -> route.in\n"
       "route.slow -> print.in\n"
       "route.other -> discard.in");
  }
}

TEST_CASE("a graph has what the file says of the whole") {
  problems found;
  const auto made = load_pipeline(R"(weir: 1
pipeline: p
memory: 64MiB
drain: 3s
stages:
  - {type: generate, preset: access_log, count: 5}
  - {type: print, credit: {chunks: 3}, when_full: drop_newest}
)",
                                  "p.yaml", testing::known_stages(), {}, found);
  REQUIRE(made);
  CHECK(made->name == "p");
  CHECK(made->memory == 64_MiB);
  CHECK(made->drain_budget == std::chrono::seconds(3));
  CHECK(made->stages[1].credit == credit_limits{3, 8_MiB});
  CHECK(made->stages[1].full == when_full::drop_newest);
  CHECK(made->stages[1].place.line == 7);
}

TEST_CASE("no graph is made of a pipeline with a mistake") {
  CHECK(edges_of("  - {type: generate, preset: access_log, count: 5}\n  - {type: filter, where: "
                 "status >}\n"
                 "  - {type: print}\n")
            .find("p.yaml:4:") == 0);
}

}  // namespace weir
