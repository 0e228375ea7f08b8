#include <doctest/doctest.h>

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <utility>
#include <vector>

#include "runtime/supervision/stall.hpp"
#include "tests/support/random_graphs.hpp"

namespace weir::testing {
namespace {

std::optional<stall> look(const flow_model& model) {
  return find_stall(model.waits(), model.edges(), model.names());
}

// Source, fork, one branch that passes, one that batches or holds `count` chunks, zip, sink.
model_graph diamond(model_stage branch, std::uint32_t chunks, std::uint32_t flush_one_in) {
  const credit_limits credit{chunks, 1_MiB};
  const std::uint32_t zip_count = branch.kind == model_kind::batch ? branch.count : 1;
  model_graph graph;
  graph.stages = {
      {model_kind::source, 60, flush_one_in}, {model_kind::pass, 1}, {model_kind::pass, 1}, branch,
      {model_kind::zip, zip_count},           {model_kind::sink, 1}};
  graph.edges = {{0, 1, credit}, {1, 2, credit}, {1, 3, credit},
                 {3, 4, credit}, {2, 4, credit}, {4, 5, credit}};
  return graph;
}

// Whether some of forty schedules stalls; each must stall or end.
bool may_stall(const model_graph& graph) {
  bool stalls = false;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    flow_model model(graph, seed);
    model.settle();
    REQUIRE(model.violation() == "");
    REQUIRE(look(model).has_value() != model.ended());
    stalls = stalls || !model.ended();
  }
  return stalls;
}

TEST_CASE("a diamond stalls when one branch holds back more than the other has room for") {
  // The other branch is two edges; beside their credit one chunk is parked at the fork and one at
  // the stage between, for a stage is called once its last output has gone.
  for (const model_kind kind : {model_kind::hold, model_kind::batch})
    for (const std::uint32_t credit : {1U, 2U, 3U, 4U, 8U})
      for (std::uint32_t held = 2 * credit; held <= 2 * credit + 4; ++held) {
        CAPTURE(static_cast<int>(kind));
        CAPTURE(credit);
        CAPTURE(held);
        CHECK(may_stall(diamond({kind, held}, credit, 0)) == (held > 2 * credit + 2));
      }
}

TEST_CASE("a flush behind each chunk halves the room that a diamond has") {
  for (std::uint32_t credit = 1; credit <= 3; ++credit) {
    CAPTURE(credit);
    CHECK(may_stall(diamond({model_kind::hold, 2 * credit + 2}, credit, 1)));
    CHECK_FALSE(may_stall(diamond({model_kind::hold, credit}, credit, 1)));
  }
}

constexpr std::uint64_t schedules = 20;  // of each of rapidcheck's hundred graphs

// What was found stalled while others went on, and must stay so.
class early_stall {
 public:
  early_stall(const flow_model& model, std::vector<std::uint32_t> stages)
      : model_(model), stages_(std::move(stages)), calls_(calls()), stops_(model.stops()) {}

  // Only a reader that stops may free them, for it asks for nothing any more.
  bool stayed() const { return model_.stops() > stops_ || calls() == calls_; }

 private:
  std::vector<std::uint64_t> calls() const {
    std::vector<std::uint64_t> now;
    for (const auto stage : stages_) now.push_back(model_.calls(stage));
    return now;
  }

  const flow_model& model_;
  std::vector<std::uint32_t> stages_;
  std::vector<std::uint64_t> calls_;
  std::uint64_t stops_;
};

// Runs to the end, widening as told.
void widen_to_the_end(const model_graph& graph, std::uint64_t seed) {
  flow_model model(graph, seed);
  random_source random(seed);
  for (int widened = 0;; ++widened) {
    std::optional<early_stall> early;
    while (model.step()) {
      RC_ASSERT(model.violation() == "");
      if (early || random.below(16) != 0) continue;
      if (const auto found = look(model)) early.emplace(model, found->stages);
    }
    if (early) RC_ASSERT(early->stayed());

    const auto found = look(model);
    RC_ASSERT(found.has_value() == !model.ended());
    if (!found) return;
    RC_ASSERT(found->widen.has_value());
    RC_ASSERT(widened < 1000);
    model.widen(*found->widen, found->limits);
  }
}

TEST_CASE("a stall is found exactly when a graph with joins waits for itself, and widened ends") {
  CHECK(rc::check("quiescent and not ended = stalled; widening ends it", [] {
    const auto graph = graph_of(*stage_genes(), with_joins::yes);
    const auto seed = *schedule_seed();
    RC_LOG() << "schedules from " << seed << " of\n" << graph.told();
    for (std::uint64_t i = 0; i < schedules; ++i) widen_to_the_end(graph, seed + i);
  }));
}

TEST_CASE("without joins no stall is found at any step") {
  CHECK(rc::check("no stall without joins", [] {
    const auto graph = graph_of(*stage_genes(), with_joins::no);
    const auto seed = *schedule_seed();
    RC_LOG() << "schedule " << seed << " of\n" << graph.told();
    flow_model model(graph, seed);
    do RC_ASSERT_FALSE(look(model).has_value());
    while (model.step());
    RC_ASSERT(model.violation() == "");
    RC_ASSERT(model.ended());
  }));
}

}  // namespace
}  // namespace weir::testing
