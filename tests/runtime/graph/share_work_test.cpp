#include "runtime/graph/share_work.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "tests/support/graph_builder.hpp"

namespace weir {
namespace {

using namespace weir::testing;

// How many instances of the stage stand in the plan of source -> stage -> sink.
std::ptrdiff_t workers_planned(unsigned workers_most, std::optional<unsigned> workers,
                               unsigned threads) {
  graph_builder build;
  const auto from = build.add({.name = "from", .kind = stage_kind::source});
  made_stage stage{.name = "stage"};
  stage.workers_most = workers_most;
  stage.workers = workers;
  const auto through = build.add(std::move(stage));
  const auto to = build.add({.name = "to", .kind = stage_kind::sink});
  build.connect(from, through);
  build.connect(through, to);
  const plan made = plan_run(build.finish(), threads);
  return std::count_if(made.nodes.begin(), made.nodes.end(), [](const plan_node& node) {
    return node.what == plan_node::role::stage && node.name == "stage";
  });
}

TEST_CASE("a transform has the workers that the graph asks for, as far as it can have some") {
  struct row {
    unsigned most;
    std::optional<unsigned> asked;
    unsigned threads;
    std::ptrdiff_t planned;
  };
  const row rows[] = {
      {workers_without_bound, std::nullopt, 4, 1},
      {workers_without_bound, 3, 1, 3},
      {workers_without_bound, 3, 4, 3},
      {workers_without_bound, workers_by_threads, 1, 1},
      {workers_without_bound, workers_by_threads, 4, 4},
      {2, workers_by_threads, 4, 2},
      {2, 3, 4, 2},
      {1, workers_by_threads, 4, 1},
      {1, 3, 4, 1},
  };
  for (const auto& row : rows) {
    CAPTURE(row.most);
    CAPTURE(row.threads);
    CHECK(workers_planned(row.most, row.asked, row.threads) == row.planned);
  }
}

}  // namespace
}  // namespace weir
