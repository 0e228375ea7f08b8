#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "runtime/flow/reorder.hpp"
#include "tests/support/random_graphs.hpp"

namespace weir::testing {
namespace {

constexpr int schedules = 30;  // of each of rapidcheck's hundred graphs

// The graph and the seed are printed with what did not hold.
void must_end(const model_graph& graph, std::uint64_t seed) {
  flow_model model(graph, seed);
  model.settle();
  if (model.violation() == "" && model.ended()) return;
  RC_LOG() << "schedule " << seed << " of\n" << graph.told();
  RC_ASSERT(model.violation() == "");
  RC_FAIL("quiescent and not ended");
}

TEST_CASE("a graph without joins ends in balance under every schedule") {
  CHECK(rc::check("every graph without joins ends", [] {
    const auto graph = graph_of(*stage_genes(), with_joins::no);
    const auto seed = *schedule_seed();
    for (std::uint64_t i = 0; i < schedules; ++i) must_end(graph, seed + i);
  }));
}

TEST_CASE("a reader that has enough stops its producers within the bound of the credits") {
  CHECK(rc::check("pulled <= needed + the sum of (credit + 1) over the path", [] {
    const auto needed = *rc::gen::inRange<std::uint32_t>(1, 20);
    const auto credits =
        *rc::gen::resize(6, rc::gen::nonEmpty(rc::gen::container<std::vector<std::uint32_t>>(
                                rc::gen::inRange<std::uint32_t>(1, 9))));
    model_graph graph;
    graph.stages.push_back({model_kind::source, 1'000'000'000});
    std::uint64_t most = needed;
    for (const auto chunks : credits) {
      graph.stages.push_back({model_kind::pass, 1});
      const auto last = static_cast<std::uint32_t>(graph.stages.size()) - 1;
      graph.edges.push_back({last - 1, last, {chunks, 1_MiB}});
      most += chunks + 1;
    }
    graph.stages.back() = {model_kind::head, needed};
    const auto head = static_cast<std::uint32_t>(graph.stages.size()) - 1;
    graph.stages.push_back({model_kind::sink, 1});
    graph.edges.push_back({head, head + 1, {1, 1_MiB}});

    const auto seed = *schedule_seed();
    RC_LOG() << "schedules from " << seed << " of\n" << graph.told();
    for (std::uint64_t i = 0; i < schedules; ++i) {
      flow_model model(graph, seed + i);
      model.settle();
      RC_ASSERT(model.violation() == "");
      RC_ASSERT(model.ended());
      RC_ASSERT(model.received(static_cast<edge_id>(head)).size() == needed);
      RC_ASSERT(model.sent(0).size() <= most);
    }
  }));
}

TEST_CASE("the slowest reader of a fork governs, and one with a policy does not") {
  struct row {
    const char* name;
    when_full policy;
    bool governs;
  };
  const row rows[] = {{"block", when_full::block, true},
                      {"drop_newest", when_full::drop_newest, false},
                      {"drop_oldest", when_full::drop_oldest, false}};
  for (const auto& row : rows) {
    SUBCASE(row.name) {
      // The second reader is a zip that waits for the end of a source which never gives anything:
      // it reads nothing of the fork until all else is over.
      model_graph graph;
      graph.stages = {{model_kind::source, 40}, {model_kind::pass, 1},    {model_kind::sink, 1},
                      {model_kind::zip, 1},     {model_kind::hold, 1000}, {model_kind::sink, 1}};
      graph.edges = {{0, 1, {2, 1_MiB}},
                     {1, 2, {2, 1_MiB}},
                     {1, 4, {2, 1_MiB}},
                     {4, 3, {2, 1_MiB}},
                     {1, 3, {2, 1_MiB}, row.policy, 3},
                     {3, 5, {2, 1_MiB}}};
      flow_model model(graph, 1);
      model.settle();
      CHECK(model.violation() == "");
      CHECK(model.ended() != row.governs);
      CHECK((model.received(1).size() < 40) == row.governs);
      if (row.policy == when_full::drop_newest)
        CHECK(model.received(4) == std::vector<std::uint32_t>{0, 1, 2, 3, 4});
      if (row.policy == when_full::drop_oldest)
        CHECK(model.received(4) == std::vector<std::uint32_t>{0, 1, 37, 38, 39});
    }
  }
}

TEST_CASE("a reorder ring gives every order of results back in the order of tickets") {
  CHECK(rc::check("results leave in the order of their tickets", [] {
    const auto ahead = *rc::gen::inRange<std::uint64_t>(1, 9);
    random_source random(*schedule_seed());
    reorder_ring<std::uint64_t> ring(ahead);
    std::vector<std::uint64_t> working;
    std::uint64_t issued = 0;
    std::uint64_t released = 0;
    while (released < 100) {
      if (ring.may_issue() && (working.empty() || random.below(2) == 0)) {
        working.push_back(ring.issue());
        RC_ASSERT(working.back() == issued++);
      } else if (!working.empty()) {
        const auto which = random.below(static_cast<std::uint32_t>(working.size()));
        std::swap(working[which], working.back());
        ring.put(working.back(), working.back());
        working.pop_back();
      }
      while (const auto next = ring.release()) RC_ASSERT(*next == released++);
      RC_ASSERT(issued - released <= ahead);
    }
  }));
}

}  // namespace
}  // namespace weir::testing
