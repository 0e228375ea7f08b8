#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <vector>

#include "runtime/flow/turn_order.hpp"
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

TEST_CASE("workers' turns pass in their order, whichever worker is ahead") {
  CHECK(rc::check("each item passes once, and turns pass whole, in order", [] {
    const auto workers = *rc::gen::inRange<std::size_t>(1, 5);
    random_source random(*schedule_seed());
    // Turns go to any worker; each keeps the items of its own in order.
    std::vector<std::deque<stage_turn>> lanes(workers);
    std::vector<stage_turn> expected;
    for (std::uint64_t number = 1; number <= 50; ++number) {
      auto& lane = lanes[random.below(static_cast<std::uint32_t>(workers))];
      for (auto more = random.below(3); more > 0; --more) expected.push_back({number, false});
      expected.push_back({number, true});
      for (const auto& turn : expected)
        if (turn.number == number) lane.push_back(turn);
    }
    turn_order order;
    std::vector<std::deque<stage_turn>> come(workers);
    for (const auto& next : expected) {
      // Items come at random; there is always a lane whose first may pass once all have come.
      const auto ready = [&] {
        return std::find_if(come.begin(), come.end(), [&](const auto& lane) {
          return !lane.empty() && order.may_pass(lane.front());
        });
      };
      auto found = ready();
      for (; found == come.end(); found = ready()) {
        const auto lane = random.below(static_cast<std::uint32_t>(workers));
        if (lanes[lane].empty()) continue;
        come[lane].push_back(lanes[lane].front());
        lanes[lane].pop_front();
      }
      RC_ASSERT(found->front().number == next.number);
      RC_ASSERT(found->front().ended == next.ended);
      order.pass(found->front());
      found->pop_front();
    }
  }));
}

}  // namespace
}  // namespace weir::testing
