#include "runtime/executor/executor.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <future>
#include <numeric>
#include <thread>

#include "runtime/executor/simulated_executor.hpp"
#include "tests/support/executors.hpp"
#include "tests/support/happening.hpp"
#include "tests/support/number_stages.hpp"

namespace weir {
namespace {

using namespace weir::testing;

std::vector<std::int64_t> numbers_up_to(std::int64_t count) {
  std::vector<std::int64_t> all(static_cast<std::size_t>(count));
  std::iota(all.begin(), all.end(), 0);
  return all;
}

// Stages with a shell each, and stages that share one.
made_stage (*const lodgings[])(made_stage) = {[](made_stage stage) { return stage; }, fused};

TEST_CASE("a chain hands every record on, in order, fused or not") {
  for (const auto& by : all_executors())
    for (const auto lodged : lodgings) {
      CAPTURE(by.name);
      CAPTURE((lodged == fused));
      const auto got = std::make_shared<collected>();
      graph_builder build;
      const auto from = build.add(lodged(numbers_source(10'000, 7)));
      const auto through = build.add(lodged(pass_stage()));
      const auto to = build.add(lodged(collecting_sink(got)));
      build.connect(from, through).connect(through, to);
      const auto report = run_to_end(by, build.finish());
      REQUIRE(report);
      CHECK(report->outcome == run_outcome::complete);
      CHECK(report->imbalances.empty());
      CHECK(report->stages[0].created == 10'000);
      CHECK(report->stages[1].passed == 10'000);
      CHECK(report->stages[2].absorbed == 10'000);
      CHECK(got->numbers() == numbers_up_to(10'000));
    }
}

TEST_CASE("a fork gives every reader everything, and a merge keeps each way's order") {
  for (const auto& by : all_executors()) {
    CAPTURE(by.name);
    const auto got = std::make_shared<collected>();
    graph_builder build;
    const auto from = build.add(numbers_source(1'000, 3));
    const auto left = build.add(pass_stage("left"));
    const auto right = build.add(pass_stage("right"));
    const auto to = build.add(collecting_sink(got));
    build.connect(from, left).connect(from, right).connect(left, to).connect(right, to);
    const auto report = run_to_end(by, build.finish());
    REQUIRE(report);
    CHECK(report->outcome == run_outcome::complete);
    CHECK(report->imbalances.empty());
    auto numbers = got->numbers();
    REQUIRE(numbers.size() == 2'000);
    std::sort(numbers.begin(), numbers.end());
    for (std::size_t i = 0; i < numbers.size(); ++i)
      REQUIRE(numbers[i] == static_cast<std::int64_t>(i / 2));
  }
}

graph diamond(bool told, byte_size memory, const std::shared_ptr<collected>& got) {
  graph_builder build;
  auto from = numbers_source(1'000, 10);
  auto hold = holding_stage(10, told);
  auto pair = pairing_stage();
  auto to = collecting_sink(got);
  for (made_stage* stage : {&hold, &pair, &to}) stage->credit.chunks = 1;
  const auto a = build.add(from);
  const auto b = build.add(hold);
  const auto c = build.add(pair);
  const auto d = build.add(to);
  build.connect(a, b).connect(a, c, 0, 0).connect(b, c, 0, 1).connect(c, d).memory(memory);
  return build.finish();
}

TEST_CASE("a stage that passes on each record of several inputs has a ledger that balances") {
  class both final : public transform {
   public:
    stage_answer process(port_number, const chunk_ptr& records, outlet& out) override {
      out.emit(records);
      return answer::wait;
    }
  };
  for (const auto& by : all_executors()) {
    CAPTURE(by.name);
    const auto got = std::make_shared<collected>();
    graph_builder build;
    made_stage joined{.name = "both", .inputs = {"a", "b"}};
    joined.make = []() -> configured_stage::instance {
      return std::unique_ptr<transform>(std::make_unique<both>());
    };
    const auto at = build.add(joined);
    auto other = numbers_source(100, 10);
    other.name = "other";
    build.connect(build.add(numbers_source(100, 10)), at, 0, 0);
    build.connect(build.add(other), at, 0, 1).connect(at, build.add(collecting_sink(got)));
    const auto report = run_to_end(by, build.finish());
    REQUIRE(report.has_value());
    CHECK(report->imbalances == std::vector<std::string>());
    CHECK(got->numbers().size() == 200);
  }
}

TEST_CASE("the plan widens the way round a stage that holds back, so that a diamond finishes") {
  for (const auto& by : all_executors()) {
    CAPTURE(by.name);
    const auto got = std::make_shared<collected>();
    std::vector<run_event> events;
    run_options options;
    options.on_event = [&](const run_event& e) { events.push_back(e); };
    const auto report = run_to_end(by, diamond(true, 1_GiB, got), options);
    REQUIRE(report);
    CHECK(report->outcome == run_outcome::complete);
    CHECK(got->numbers() == numbers_up_to(1'000));
    for (const auto& e : events) {
      CAPTURE(e.text);
      CHECK(e.what != run_event::kind::widened);
    }
  }
}

TEST_CASE("a stall that the plan could not know is found and widened at run time") {
  for (const auto& by : all_executors()) {
    CAPTURE(by.name);
    const auto got = std::make_shared<collected>();
    std::vector<std::string> widened;
    run_options options;
    options.on_event = [&](const run_event& e) {
      if (e.what == run_event::kind::widened) widened.push_back(e.text);
    };
    const auto report = run_to_end(by, diamond(false, 1_GiB, got), options);
    REQUIRE(report);
    CHECK(report->outcome == run_outcome::complete);
    CHECK(got->numbers() == numbers_up_to(1'000));
    REQUIRE_FALSE(widened.empty());
    CHECK(widened.front().find("waits for") != std::string::npos);
    CHECK(widened.front().starts_with("stalled for "));
    CHECK(report->stall.has_value() == false);
  }
}

TEST_CASE("a stall that its memory does not allow to widen fails and names who waits for whom") {
  for (const auto& by : all_executors()) {
    CAPTURE(by.name);
    const auto got = std::make_shared<collected>();
    const auto report = run_to_end(by, diamond(false, 1_KiB, got));
    REQUIRE(report);
    REQUIRE(report->outcome == run_outcome::failed);
    CHECK(report->failure->cause.code == "stalled");
    CHECK(report->failure->cause.text.find("'hold'") != std::string::npos);
    CHECK(report->failure->cause.text.find("'pair'") != std::string::npos);
    CHECK(report->imbalances.empty());
    CHECK(report->stall.has_value());
  }
}

TEST_CASE("a stage that has enough ends an endless source within the credit of its path") {
  for (const auto& by : all_executors())
    for (const auto lodged : lodgings) {
      CAPTURE(by.name);
      CAPTURE((lodged == fused));
      const auto got = std::make_shared<collected>();
      const auto pulled = std::make_shared<std::uint64_t>(0);
      graph_builder build;
      auto through = pass_stage();
      auto head = first_stage(100);
      through.credit.chunks = 2;
      head.credit.chunks = 3;
      const auto a = build.add(lodged(numbers_source(0, 10, pulled)));
      const auto b = build.add(lodged(through));
      const auto c = build.add(lodged(head));
      const auto d = build.add(lodged(collecting_sink(got)));
      build.connect(a, b).connect(b, c).connect(c, d);
      const auto report = run_to_end(by, build.finish());
      REQUIRE(report);
      CHECK(report->outcome == run_outcome::complete);
      CHECK(report->imbalances.empty());
      CHECK(got->numbers() == numbers_up_to(100));
      // Invariant 3: what is needed, and for each edge its credit and one chunk in hand; where
      // there are none, one chunk.
      CHECK(*pulled <= 100 + 10 * (lodged == fused ? 1 : (2 + 1) + (3 + 1)));
    }
}

// Passes everything on and tells that it holds 1000 bytes.
class holding_bytes final : public transform {
 public:
  result<void> open(context& of) override {
    context_ = &of;
    return {};
  }
  stage_answer process(port_number, const chunk_ptr& records, outlet& out) override {
    if (auto held = context_->account().hold({1000}); !held) return failure(held.error());
    out.emit(records);
    return answer::wait;
  }

 private:
  context* context_ = nullptr;
};

TEST_CASE("the report tells the memory that a stage holds, fused or not") {
  for (const auto& by : all_executors())
    for (const auto lodged : lodgings) {
      CAPTURE(by.name);
      CAPTURE((lodged == fused));
      made_stage holding{.name = "holding"};
      holding.make = []() -> configured_stage::instance {
        return std::unique_ptr<transform>(std::make_unique<holding_bytes>());
      };
      graph_builder build;
      const auto from = build.add(lodged(numbers_source(10, 2)));
      const auto through = build.add(lodged(holding));
      build.connect(from, through).connect(through, build.add(lodged(ignoring_sink())));
      const auto report = run_to_end(by, build.finish());
      REQUIRE(report);
      CHECK(report->stages[through].state == byte_size{1000});
    }
}

TEST_CASE("two sources without end are both pulled") {
  for (const auto& by : all_executors()) {
    CAPTURE(by.name);
    const auto first = std::make_shared<collected>();
    const auto second = std::make_shared<collected>();
    graph_builder build;
    for (const auto& got : {first, second}) {
      const auto from = build.add(numbers_source(0, 10));
      const auto head = build.add(first_stage(100));
      const auto to = build.add(collecting_sink(got));
      // The other reader keeps the source going when the first has had enough.
      const auto all = build.add(ignoring_sink());
      build.connect(from, head).connect(head, to).connect(from, all);
    }
    const auto executor = by.make();
    const auto run = executor->start(build.finish(), {});
    auto other = std::async(std::launch::async, [&] {
      const bool both = first->wait_for(100) && second->wait_for(100);
      run->abort();
      return both;
    });
    const auto report = run->wait(machine_clock().now() + 2 * hang_limit);
    CHECK(other.get());
    REQUIRE(report);
    CHECK(report->outcome == run_outcome::aborted);
    CHECK(report->imbalances.empty());
  }
}

TEST_CASE("draining an endless source handles all that is in flight") {
  for (const auto& by : all_executors()) {
    CAPTURE(by.name);
    const auto got = std::make_shared<collected>();
    const auto pulled = std::make_shared<std::uint64_t>(0);
    graph_builder build;
    const auto a = build.add(numbers_source(0, 10, pulled));
    const auto b = build.add(pass_stage());
    const auto c = build.add(collecting_sink(got));
    build.connect(a, b).connect(b, c);
    const auto executor = by.make();
    const auto run = executor->start(build.finish(), {});
    run->drain();
    const auto report = run->wait(machine_clock().now() + hang_limit);
    REQUIRE(report);
    CAPTURE((report->failure ? report->failure->cause.text : std::string()));
    CHECK(report->outcome == run_outcome::drained);
    CHECK(report->imbalances.empty());
    CHECK(got->numbers() == numbers_up_to(static_cast<std::int64_t>(*pulled)));
  }
}

TEST_CASE("aborting discards what is in flight and counts it") {
  for (const auto& by : all_executors()) {
    CAPTURE(by.name);
    const auto got = std::make_shared<collected>();
    graph_builder build;
    const auto a = build.add(numbers_source(0, 10));
    const auto b = build.add(pass_stage());
    const auto c = build.add(collecting_sink(got));
    build.connect(a, b).connect(b, c);
    const auto executor = by.make();
    const auto run = executor->start(build.finish(), {});
    run->abort();
    const auto report = run->wait(machine_clock().now() + hang_limit);
    REQUIRE(report);
    CHECK(report->outcome == run_outcome::aborted);
    CHECK(report->imbalances.empty());
  }
}

TEST_CASE("a run whose handle is let go is aborted and leaves nothing behind") {
  for (const auto& by : all_executors()) {
    CAPTURE(by.name);
    const auto got = std::make_shared<collected>();
    graph_builder build;
    const auto a = build.add(numbers_source(0, 10));
    const auto b = build.add(collecting_sink(got));
    build.connect(a, b);
    const auto executor = by.make();
    { const auto run = executor->start(build.finish(), {}); }
    CHECK(got.use_count() == 2);  // this test's and the builder's graph
  }
}

TEST_CASE("a run and its executor may be let go of in another thread than made them") {
  auto ways = all_executors();
  ways.push_back({"simulated", [] { return make_simulated_executor({}); }});
  for (const auto& by : ways) {
    CAPTURE(by.name);
    graph_builder build;
    const auto from = build.add(numbers_source(100, 10));
    build.connect(from, build.add(ignoring_sink()));
    auto executor = by.make();
    auto run = executor->start(build.finish(), {});
    const auto gone = std::make_shared<happening>();
    std::thread([gone, made = std::move(executor), going = std::move(run)]() mutable {
      going->wait();
      going.reset();
      made.reset();
      gone->happen();
    }).detach();
    CHECK(gone->wait());
  }
}

TEST_CASE("a reader that drops when full holds nobody back, and every drop is counted") {
  for (const auto& by : all_executors())
    for (const auto policy : {when_full::drop_newest, when_full::drop_oldest}) {
      CAPTURE(by.name);
      const auto got = std::make_shared<collected>();
      const auto all = std::make_shared<collected>();
      graph_builder build;
      const auto a = build.add(numbers_source(5'000, 10));
      auto lossy = collecting_sink(got, "lossy");
      lossy.full = policy;
      lossy.credit.chunks = 1;
      const auto b = build.add(lossy);
      const auto c = build.add(collecting_sink(all, "all"));
      build.connect(a, b).connect(a, c);
      const auto report = run_to_end(by, build.finish());
      REQUIRE(report);
      CHECK(report->outcome == run_outcome::complete);
      CHECK(report->imbalances.empty());
      CHECK(all->numbers() == numbers_up_to(5'000));
      std::uint64_t dropped = 0;
      for (const auto& edge : report->edges) dropped += edge.dropped;
      CHECK(got->numbers().size() + dropped == 5'000);
    }
}

}  // namespace
}  // namespace weir
