// What is a stall and what only looks like one.

#include <doctest/doctest.h>

#include <atomic>
#include <deque>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/executor/simulated_executor.hpp"
#include "tests/support/executors.hpp"
#include "tests/support/number_stages.hpp"
#include "tests/support/pipe_stages.hpp"

namespace weir {
namespace {

using namespace weir::testing;

// Takes all of its first input before its second, and then asks for the first again: what it wants
// has ended, so anything else will do.
class first_then_second final : public transform {
 public:
  stage_answer process(port_number, const chunk_ptr& records, outlet& out) override {
    out.emit(records);
    return answer::wait;
  }
};

TEST_CASE("a stage that asks for an input that has ended waits for the others and is not stalled") {
  for (const auto& by : all_executors()) {
    CAPTURE(by.name);
    pipe_pair pipe;
    const auto waits = std::make_shared<happening>();
    const auto got = std::make_shared<collected>();
    made_stage join{.name = "join", .inputs = {"first", "second"}, .order = input_order::chosen};
    join.make = []() -> configured_stage::instance {
      return std::unique_ptr<transform>(std::make_unique<first_then_second>());
    };
    graph_builder build;
    const auto a = build.add(numbers_source(10, 2));
    const auto b = build.add(pipe_source(pipe.reader(), waits));
    const auto c = build.add(join);
    const auto d = build.add(collecting_sink(got));
    build.connect(a, c, 0, 0).connect(b, c, 0, 1).connect(c, d);
    const auto executor = by.make();
    const auto run = executor->start(build.finish(), {});
    // Long enough for several looks at who waits for whom.
    CHECK_FALSE(run->wait(machine_clock().now() + std::chrono::milliseconds(500)));
    REQUIRE(::write(pipe.writer(), "x", 1) == 1);
    pipe.close_writer();
    const auto report = run->wait(machine_clock().now() + hang_limit);
    REQUIRE(report);
    CAPTURE((report->failure ? report->failure->cause.text : std::string()));
    CHECK(report->outcome == run_outcome::complete);
    CHECK(got->numbers().size() == 11);
  }
}

constexpr std::size_t diamond_numbers = 100;

// A source, and a diamond below it that stalls: one way holds back more than the plan knows of.
// Answers the source.
std::uint32_t add_diamond(graph_builder& build, const std::shared_ptr<collected>& got) {
  auto hold = holding_stage(5, false);
  auto pair = pairing_stage();
  for (made_stage* stage : {&hold, &pair}) stage->credit.chunks = 1;
  const auto a = build.add(numbers_source(diamond_numbers, 10));
  const auto b = build.add(hold);
  const auto c = build.add(pair);
  const auto d = build.add(collecting_sink(got));
  build.connect(a, b).connect(a, c, 0, 0).connect(b, c, 0, 1).connect(c, d);
  return a;
}

struct seen_run {
  std::optional<run_report> report;
  std::size_t widened = 0;
};

seen_run run_and_count(const named_executor& by, graph what) {
  seen_run run;
  run_options options;
  options.on_event = [&](const run_event& e) {
    if (e.what == run_event::kind::widened) ++run.widened;
  };
  run.report = run_to_end(by, std::move(what), options);
  return run;
}

TEST_CASE("a stall is found where another reader of the same source has had enough") {
  for (const auto& by : all_executors()) {
    CAPTURE(by.name);
    const auto got = std::make_shared<collected>();
    graph_builder build;
    const auto from = add_diamond(build, got);
    const auto head = build.add(first_stage(5));
    const auto to = build.add(collecting_sink(std::make_shared<collected>(), "few"));
    build.connect(from, head).connect(head, to);
    const auto run = run_and_count(by, build.finish());
    REQUIRE(run.report);
    CHECK(run.report->outcome == run_outcome::complete);
    CHECK(run.widened > 0);
    CHECK(got->numbers().size() == diamond_numbers);
  }
}

TEST_CASE("a stall is found behind a stage that gave a waker away and is never woken") {
  class reachable final : public transform {
   public:
    result<void> open(context& of) override {
      waker_ = of.waker();
      return {};
    }
    stage_answer process(port_number, const chunk_ptr& records, outlet& out) override {
      held_.push_back(records);
      if (held_.size() < 5) return answer::wait;
      for (const auto& one : held_) out.emit(one);
      held_.clear();
      return answer::wait;
    }
    stage_answer finish(port_number, outlet& out) override {
      for (const auto& one : held_) out.emit(one);
      return answer::wait;
    }

   private:
    waker waker_;
    std::vector<chunk_ptr> held_;
  };
  for (const auto& by : all_executors()) {
    CAPTURE(by.name);
    const auto got = std::make_shared<collected>();
    graph_builder build;
    made_stage hold{.name = "hold"};
    hold.make = []() -> configured_stage::instance {
      return std::unique_ptr<transform>(std::make_unique<reachable>());
    };
    auto pair = pairing_stage();
    for (made_stage* stage : {&hold, &pair}) stage->credit.chunks = 1;
    const auto a = build.add(numbers_source(diamond_numbers, 10));
    const auto b = build.add(hold);
    const auto c = build.add(pair);
    build.connect(a, b).connect(a, c, 0, 0).connect(b, c, 0, 1);
    build.connect(c, build.add(collecting_sink(got)));
    const auto run = run_and_count(by, build.finish());
    REQUIRE(run.report);
    CHECK(run.report->outcome == run_outcome::complete);
    CHECK(run.widened > 0);
    CHECK(got->numbers().size() == diamond_numbers);
  }
}

TEST_CASE("widening stays within the memory of the pipeline") {
  for (const auto& by : all_executors()) {
    CAPTURE(by.name);
    const auto got = std::make_shared<collected>();
    graph_builder build;
    auto hold = holding_stage(3000, false);
    const auto a = build.add(numbers_source(400'000, 100));
    const auto b = build.add(hold);
    const auto c = build.add(pairing_stage());
    build.connect(a, b).connect(a, c, 0, 0).connect(b, c, 0, 1);
    build.connect(c, build.add(collecting_sink(got))).memory(2_MiB);
    const auto run = run_and_count(by, build.finish());
    REQUIRE(run.report);
    CHECK(run.widened > 0);
    // The way beside would take 3000 chunks of 1 KiB.
    REQUIRE(run.report->failure.has_value());
    CHECK(run.report->failure->cause.code == "stalled");
  }
}

// All that a graph runs by, the random schedules too.
std::vector<named_executor> executors_and_schedules() {
  auto all = all_executors();
  for (const std::uint64_t seed : {1U, 2U, 3U})
    all.push_back({"simulated, seed: " + std::to_string(seed),
                   [seed] { return make_simulated_executor({.seed = seed}); }});
  return all;
}

TEST_CASE("a stall that ends a run is reported: who waits for whom, on which edge, how long") {
  for (const auto& by : executors_and_schedules()) {
    CAPTURE(by.name);
    graph_builder build;
    add_diamond(build, std::make_shared<collected>());
    build.memory(1_KiB);
    const auto run = run_and_count(by, build.finish());
    REQUIRE(run.report);
    REQUIRE(run.report->failure.has_value());
    CHECK(run.report->failure->cause.code == "stalled");
    REQUIRE(run.report->stall.has_value());
    const stall_report& stall = *run.report->stall;
    REQUIRE(stall.stages.size() == 5);

    std::vector<std::string> names;
    for (const auto& stage : stall.stages) {
      names.push_back(name_of(stage));
      CHECK(stage.in_cycle == (names.size() <= 3));
      CHECK(stage.waited > nanoseconds(0));
      CHECK(stage.waited <= run.report->wall);
      REQUIRE(stage.edges.size() == 1);
      const stalled_edge& edge = stall.edges[stage.edges[0]];
      const auto& awaited = stage.wants_room ? edge.consumer : edge.producer;
      REQUIRE(awaited.has_value());
      CHECK(*awaited < stall.stages.size());
      CHECK(load_of(edge).starts_with(stage.wants_room ? "full: " : "empty"));
    }
    CHECK(names == std::vector<std::string>{"the fork of 'numbers.out'", "'pair'", "'hold'",
                                            "'numbers'", "'collect'"});
    // Each of the cycle waits for the next of it.
    for (std::size_t i = 0; i < 3; ++i) {
      const stalled_edge& edge = stall.edges[stall.stages[i].edges[0]];
      const auto& awaited = stall.stages[i].wants_room ? edge.consumer : edge.producer;
      CHECK(*awaited == (i + 1) % 3);
    }
    const auto& lines = run.report->failure->history;
    REQUIRE(lines.size() == 5);
    CHECK(lines == stall_lines(stall));
    CHECK(lines[0].starts_with(
        "the fork of 'numbers.out' waits for room on numbers.out -> pair (full: "));
    CHECK(lines[1].starts_with("'pair' waits for input from hold.out -> pair (empty), for "));
  }
}

TEST_CASE("stages that share a shell are reported as one, with the edges between others alone") {
  for (const auto& by : executors_and_schedules()) {
    CAPTURE(by.name);
    graph_builder build;
    auto hold = holding_stage(5, false);
    auto pair = pairing_stage();
    for (made_stage* stage : {&hold, &pair}) stage->credit.chunks = 1;
    const auto a = build.add(numbers_source(diamond_numbers, 10));
    const auto b = build.add(fused(hold));
    const auto c = build.add(fused(pass_stage()));
    const auto d = build.add(fused(pair));
    const auto e = build.add(fused(collecting_sink(std::make_shared<collected>())));
    build.connect(a, b).connect(b, c).connect(a, d, 0, 0).connect(c, d, 0, 1).connect(d, e);
    const auto run = run_and_count(by, build.memory(1_KiB).finish());
    REQUIRE(run.report);
    REQUIRE(run.report->stall.has_value());
    const stall_report& stall = *run.report->stall;
    std::vector<std::string> names;
    for (const auto& stage : stall.stages) names.push_back(name_of(stage));
    CHECK(names == std::vector<std::string>{"the fork of 'numbers.out'", "'pair' with 'collect'",
                                            "'hold' with 'pass'", "'numbers'"});
    for (const auto& edge : stall.edges) CHECK(edge.producer != edge.consumer);
    CHECK(stall.edges.size() == 4);
  }
}

TEST_CASE("a run that ends of another cause has no stall in its report") {
  for (const auto& by : executors_and_schedules()) {
    CAPTURE(by.name);
    graph_builder build;
    add_diamond(build, std::make_shared<collected>());
    const auto run = run_and_count(by, build.finish());
    REQUIRE(run.report);
    CHECK(run.widened > 0);
    CHECK_FALSE(run.report->stall.has_value());
  }
}

TEST_CASE("a stall is found while another stage is in one long call after the other") {
  // Each call takes longer than the time from one look at the stages to the next.
  class slow final : public source {
   public:
    explicit slow(std::shared_ptr<collected> until) : until_(std::move(until)) {}
    stage_answer pull(outlet& out) override {
      const auto deadline = machine_clock().now() + std::chrono::milliseconds(130);
      while (machine_clock().now() < deadline)
        if (until_->numbers().size() == diamond_numbers) return answer::end;
      out.emit(numbers_chunk(0, 1));
      return answer::more;
    }

   private:
    std::shared_ptr<collected> until_;
  };
  auto sharing = all_executors();
  sharing.resize(2);  // with more threads the slow one has its own
  for (const auto& by : sharing) {
    CAPTURE(by.name);
    const auto got = std::make_shared<collected>();
    graph_builder build;
    add_diamond(build, got);
    made_stage from{.name = "slow", .kind = stage_kind::source};
    from.make = [=]() -> configured_stage::instance {
      return std::unique_ptr<source>(std::make_unique<slow>(got));
    };
    const auto a = build.add(from);
    const auto b = build.add(collecting_sink(std::make_shared<collected>(), "beside"));
    build.connect(a, b);
    const auto run = run_and_count(by, build.finish());
    REQUIRE(run.report);
    CHECK(run.report->outcome == run_outcome::complete);
    CHECK(run.widened > 0);
    CHECK(got->numbers().size() == diamond_numbers);
  }
}

// Gives each number of a chunk as a chunk of its own, as long as there is room.
class cutting final : public transform {
 public:
  explicit cutting(std::shared_ptr<std::atomic<unsigned>> in_vain) : in_vain_(std::move(in_vain)) {}
  stage_answer process(port_number, const chunk_ptr& records, outlet& out) override {
    for (const auto n : numbers_in(*records)) left_.push_back(n);
    return give(out);
  }
  stage_answer resume(outlet& out) override {
    if (!out.room(0)) ++*in_vain_;
    return give(out);
  }

 private:
  stage_answer give(outlet& out) {
    while (!left_.empty() && out.room(0)) {
      out.emit(numbers_chunk(left_.front(), 1));
      left_.pop_front();
    }
    return left_.empty() ? answer::wait : answer::more;
  }
  std::deque<std::int64_t> left_;
  std::shared_ptr<std::atomic<unsigned>> in_vain_;
};

TEST_CASE("a stage that waits for room is not called before there is some, and the others are") {
  for (const auto& by : all_executors()) {
    CAPTURE(by.name);
    const auto got = std::make_shared<collected>();
    const auto in_vain = std::make_shared<std::atomic<unsigned>>(0);
    made_stage cut{.name = "cut"};
    cut.make = [=]() -> configured_stage::instance {
      return std::unique_ptr<transform>(std::make_unique<cutting>(in_vain));
    };
    // Both ways cut, and the join wants the first's chunks first: while those are not there yet,
    // the second has no room.
    made_stage other = cut;
    other.name = "other";
    auto pair = pairing_stage();
    graph_builder build;
    const auto a = build.add(numbers_source(200, 100));
    const auto b = build.add(cut);
    const auto c = build.add(other);
    const auto d = build.add(pair);
    const auto e = build.add(collecting_sink(got));
    build.connect(a, b).connect(a, c).connect(b, d, 0, 0).connect(c, d, 0, 1).connect(d, e);
    const auto report = run_to_end(by, build.finish());
    REQUIRE(report);
    CHECK(report->outcome == run_outcome::complete);
    CHECK(report->imbalances.empty());
    CHECK(got->numbers().size() == 200);
    CHECK(*in_vain == 0);
  }
}

TEST_CASE("a source that nobody reads and that is drained before it began ends the run") {
  for (const auto& by : all_executors()) {
    CAPTURE(by.name);
    graph_builder build;
    build.add(numbers_source(0, 10));
    build.drain_budget(2 * hang_limit);
    const auto executor = by.make();
    const auto run = executor->start(build.finish(), {});
    run->drain();
    const auto report = run->wait(machine_clock().now() + hang_limit);
    REQUIRE(report);
    CHECK(report->outcome == run_outcome::drained);
    CHECK(report->imbalances.empty());
  }
}

}  // namespace
}  // namespace weir
