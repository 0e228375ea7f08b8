// Schedules that a seed decides. What random graphs do under them is in random_graph_test.cpp.

#include <doctest/doctest.h>

#include <set>

#include "runtime/executor/invariants.hpp"
#include "runtime/executor/simulated_executor.hpp"
#include "tests/support/hang_limit.hpp"
#include "tests/support/random_pipeline.hpp"

namespace weir {
namespace {

using namespace weir::testing;

struct simulated {
  std::optional<run_report> report;
  std::uint64_t steps = 0;
};

simulated simulate(const graph& what, std::uint64_t seed) {
  simulated out;
  const auto count = [&](std::uint64_t step, run&) { out.steps = step; };
  const auto run = make_simulated_executor({seed, count})->start(what, {});
  out.report = run->wait(machine_clock().now() + hang_limit);
  return out;
}

TEST_CASE("a simulation with the same seed is the same, and with another one another") {
  const std::uint64_t seed = 7;
  const auto first = simulate(make_random_pipeline(seed).what, 1);
  const auto again = simulate(make_random_pipeline(seed).what, 1);
  REQUIRE(first.report);
  REQUIRE(again.report);
  CHECK(first.steps == again.steps);
  CHECK(first.report->wall == again.report->wall);
  CHECK(first.report->executor == "simulated");
  std::set<std::uint64_t> lengths;
  for (std::uint64_t other = 0; other < 20; ++other)
    lengths.insert(simulate(make_random_pipeline(seed).what, other).steps);
  CHECK(lengths.size() > 5);
}

TEST_CASE("the time of day of a simulation stands still where it is given") {
  class asker final : public source {
   public:
    explicit asker(std::vector<wall_time>& to) : to_(to) {}
    result<void> open(context& of) override {
      context_ = &of;
      return {};
    }
    stage_answer pull(outlet&) override {
      to_.push_back(context_->wall());
      if (to_.size() == 3) return answer::end;
      context_->wake_at(context_->now() + std::chrono::hours(1));
      return answer::wait;
    }

   private:
    std::vector<wall_time>& to_;
    context* context_ = nullptr;
  };
  const auto times_of = [](std::optional<wall_time> day) {
    std::vector<wall_time> times;
    made_stage asking{.name = "asking", .kind = stage_kind::source};
    asking.make = [&]() -> configured_stage::instance {
      return std::unique_ptr<source>(std::make_unique<asker>(times));
    };
    graph_builder build;
    const auto a = build.add(asking);
    const auto b = build.add(ignoring_sink());
    build.connect(a, b);
    const auto run = make_simulated_executor({.time_of_day = day})->start(build.finish(), {});
    CHECK(run->wait(machine_clock().now() + hang_limit));
    return times;
  };
  const wall_time noon{std::chrono::hours(12)};
  CHECK(times_of(noon) == std::vector<wall_time>(3, noon));
  const auto moving = times_of(std::nullopt);
  REQUIRE(moving.size() == 3);
  CHECK(moving[2] - moving[0] == std::chrono::hours(2));
}

TEST_CASE("a simulation jumps over the time in which there is nothing to do") {
  class sleeper final : public source {
   public:
    result<void> open(context& of) override {
      context_ = &of;
      return {};
    }
    stage_answer pull(outlet& out) override {
      if (pulls_++ == 2) return answer::end;
      out.emit(numbers_chunk(0, 1));
      context_->wake_at(context_->now() + std::chrono::hours(1));
      return answer::wait;
    }

   private:
    context* context_ = nullptr;
    int pulls_ = 0;
  };
  made_stage from{.name = "sleeper", .kind = stage_kind::source};
  from.make = []() -> configured_stage::instance {
    return std::unique_ptr<source>(std::make_unique<sleeper>());
  };
  const auto got = std::make_shared<collected>();
  graph_builder build;
  build.connect(build.add(std::move(from)), build.add(collecting_sink(got)));
  const auto of = simulate(build.finish(), 1);
  REQUIRE(of.report);
  CHECK(of.report->outcome == run_outcome::complete);
  CHECK(of.report->wall >= std::chrono::hours(2));
  CHECK(got->numbers().size() == 2);
}

TEST_CASE("each invariant of an edge is looked at") {
  graph_builder build;
  build.connect(build.add(numbers_source(1, 1)), build.add(ignoring_sink()));
  const plan planned = make_plan(build.finish());
  const auto states = [](const auto& change) {
    std::vector<shell_status> all(2);
    shell_status::output from{.edge = 0, .sent = {3, 300}, .limit = {4, 1000}};
    from.ledger = {.sent = 12, .parked = 2, .forwarded = 10, .chunks = 2};
    shell_status::input to{
        .edge = 0, .capacity = {4, 1000_B}, .arrived = {2, 200}, .queued = {1, 100}};
    to.granted = {5, 1100};
    to.ledger = {.arrived = 5, .received = 2, .queued = 3};
    change(from, to);
    all[0].outputs.push_back(from);
    all[1].inputs.push_back(to);
    return all;
  };
  using output = shell_status::output;
  using input = shell_status::input;
  const auto none = states([](output&, input&) {});
  const auto told = [&](const auto& change) {
    return violated_invariant(planned, none, states(change)).value_or("");
  };
  const auto holds = [&](const auto& change, const char* text) {
    CHECK(told(change).find(text) != std::string::npos);
  };
  CHECK(told([](output&, input&) {}).empty());
  holds([](output& o, input&) { o.sent.chunks = 5; }, "5 chunks sent, 4 granted");
  holds([](output& o, input&) { o.limit.chunks = 6; }, "has a limit of 6 chunks");
  holds([](output& o, input&) { o.limit.chunks = 3; }, "the limit shrank");
  holds([](output&, input& i) { i.arrived.chunks = 4; }, "4 chunks arrived of 3 sent");
  holds([](output&, input& i) { i.granted.chunks = 6; }, "its capacity is 4");
  holds([](output&, input& i) { i.granted.chunks = 4; }, "what was granted shrank");
  holds([](output&, input& i) { i.ended = true; }, "has ended, and 1 chunks are under way");
  holds([](output& o, input&) { o.ledger.parked = 1; }, "the producer sent 12 records");
  holds([](output&, input& i) { i.ledger.queued = 4; }, "5 records arrived; 2 received, 4 queued");
  holds([](output& o, input& i) { o.ledger = {}, i.ledger = {.arrived = 1, .queued = 1}; },
        "1 records arrived of 0 forwarded");
}

}  // namespace
}  // namespace weir
