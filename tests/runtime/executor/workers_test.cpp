// Stages whose work several instances share: the same records in the same order as from one, under
// every executor, and the same balances however the run ends.

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "runtime/graph/plan.hpp"
#include "tests/support/executors.hpp"
#include "tests/support/number_stages.hpp"
#include "tests/support/random_stages.hpp"

namespace weir {
namespace {

using namespace weir::testing;

// Of the numbers it is given it keeps n copies of those that leave a rest of n divided by 3, each
// copy in a call of its own.
class repeating final : public transform {
 public:
  stage_answer process(port_number, const chunk_ptr& records, outlet& out) override {
    left_.clear();
    for (const auto n : numbers_in(*records)) left_.insert(left_.end(), n % 3, n);
    return resume(out);
  }
  stage_answer resume(outlet& out) override {
    if (left_.empty()) return answer::wait;
    out.emit(numbers_chunk(left_.front(), 1));
    left_.erase(left_.begin());
    return left_.empty() ? answer::wait : answer::more;
  }

 private:
  std::vector<std::int64_t> left_;
};

made_stage repeating_stage(unsigned workers) {
  made_stage made{.name = "repeat", .ledger = ledger_kind::creates};
  made.workers_most = workers_without_bound;
  made.workers = workers;
  made.make = []() -> configured_stage::instance {
    return std::unique_ptr<transform>(std::make_unique<repeating>());
  };
  return made;
}

std::vector<std::int64_t> repeated_numbers(std::int64_t count) {
  std::vector<std::int64_t> all;
  for (std::int64_t n = 0; n < count; ++n) all.insert(all.end(), n % 3, n);
  return all;
}

// Numbers from a counter that all workers share. Some turns give nothing and some take two pulls.
class sharing_source final : public source {
 public:
  struct shared_input {
    std::atomic<std::int64_t> next{0};
    std::int64_t count = 0;
  };
  explicit sharing_source(std::shared_ptr<shared_input> from) : from_(std::move(from)) {}

  stage_answer pull(outlet& out) override {
    if (second_half_) {
      out.emit(numbers_chunk(*second_half_, 1));
      second_half_.reset();
      turn_.ended = true;
      return answer::more;
    }
    turn_ = {};
    const std::int64_t n = from_->next++;
    if (n >= from_->count) return answer::end;
    turn_ = {static_cast<std::uint64_t>(n) + 1, n % 5 != 3};
    if (n % 5 == 3) second_half_ = n;
    if (n % 5 != 0) out.emit(numbers_chunk(n, 1));
    return answer::more;
  }
  stage_turn turn() const override { return turn_; }

 private:
  std::shared_ptr<shared_input> from_;
  std::optional<std::int64_t> second_half_;
  stage_turn turn_;
};

made_stage sharing_source_stage(std::int64_t count, unsigned workers) {
  made_stage made{.name = "numbers", .kind = stage_kind::source};
  made.workers_most = workers_without_bound;
  made.workers = workers;
  made.make_workers = [count](unsigned number) {
    auto from = std::make_shared<sharing_source::shared_input>();
    from->count = count;
    std::vector<configured_stage::instance> all;
    for (unsigned worker = 0; worker < number; ++worker)
      all.push_back(std::unique_ptr<source>(std::make_unique<sharing_source>(from)));
    return all;
  };
  return made;
}

std::vector<std::int64_t> shared_numbers(std::int64_t count) {
  std::vector<std::int64_t> all;
  for (std::int64_t n = 0; n < count; ++n)
    all.insert(all.end(), n % 5 == 0 ? 0 : n % 5 == 3 ? 2 : 1, n);
  return all;
}

struct outcome_of_run {
  run_report report;
  std::vector<std::int64_t> numbers;
};

// source -> [stage] -> sink.
outcome_of_run run_chain(const named_executor& on, made_stage from,
                         std::optional<made_stage> through, std::uint32_t credit) {
  const auto into = std::make_shared<collected>();
  graph_builder build;
  std::uint32_t last = build.add(std::move(from));
  const auto append = [&](made_stage stage) {
    stage.credit.chunks = credit;
    const auto added = build.add(std::move(stage));
    build.connect(last, added);
    last = added;
  };
  if (through) append(std::move(*through));
  append(collecting_sink(into));
  const auto report = run_to_end(on, build.finish());
  REQUIRE(report);
  return {*report, into->numbers()};
}

// Requires that whoever worked ahead for it did so for each chunk.
class checking_sink final : public sink {
 public:
  explicit checking_sink(std::shared_ptr<collected> into) : into_(std::move(into)) {}

  stage_answer consume(const chunk_ptr& records, outlet&) override {
    if (!has_count(*records)) return failure("not-prepared", "a chunk without its count");
    into_->add(*records);
    return answer::wait;
  }

 private:
  std::shared_ptr<collected> into_;
};

made_stage prepared_sink(const std::shared_ptr<collected>& into, std::int64_t fails_at = -1) {
  made_stage made{.name = "collect", .kind = stage_kind::sink};
  made.make_prepared = [=](unsigned count) {
    return counted_ahead(std::unique_ptr<sink>(std::make_unique<checking_sink>(into)), count,
                         fails_at);
  };
  return made;
}

TEST_CASE("a sink is given each chunk in order, with what workers have made ahead of it") {
  for (const auto& on : all_executors())
    for (const unsigned workers : {2U, 5U}) {
      CAPTURE(on.name);
      CAPTURE(workers);
      const auto into = std::make_shared<collected>();
      graph_builder build;
      const auto from = build.add(fused(sharing_source_stage(500, workers)));
      build.connect(from, build.add(prepared_sink(into)));
      const auto report = run_to_end(on, build.finish());
      REQUIRE(report);
      CHECK(report->outcome == run_outcome::complete);
      CHECK(report->imbalances.empty());
      CHECK(into->numbers() == shared_numbers(500));
      // The sink's records are counted once, its time wherever it was spent.
      REQUIRE(report->stages.size() == 2);
      CHECK(report->stages[1].received == shared_numbers(500).size());
      CHECK(report->stages[1].absorbed == shared_numbers(500).size());
      CHECK(report->stages[1].instances == 1 + workers);
    }
}

TEST_CASE("who fails working ahead for a sink fails as that sink") {
  for (const auto& on : all_executors()) {
    CAPTURE(on.name);
    const auto into = std::make_shared<collected>();
    graph_builder build;
    const auto from = build.add(fused(sharing_source_stage(500, 3)));
    build.connect(from, build.add(prepared_sink(into, 301)));
    const auto report = run_to_end(on, build.finish());
    REQUIRE(report);
    REQUIRE(report->failure);
    CHECK(report->failure->stage == "collect");
    CHECK(report->failure->cause.code == "no-text");
    CHECK(report->imbalances.empty());
    for (const auto n : into->numbers()) CHECK(n < 301);
  }
}

TEST_CASE("workers of a transform give what one gives, in its order") {
  for (const auto& on : all_executors())
    for (const unsigned workers : {1U, 2U, 5U})
      for (const std::uint32_t credit : {1U, 2U, 8U}) {
        CAPTURE(on.name);
        CAPTURE(workers);
        CAPTURE(credit);
        const auto got = run_chain(on, numbers_source(200, 2), repeating_stage(workers), credit);
        CHECK(got.report.outcome == run_outcome::complete);
        CHECK(got.report.imbalances == std::vector<std::string>());
        CHECK(got.numbers == repeated_numbers(200));
        CHECK(got.report.stages[1].received == 200);
        CHECK(got.report.stages[1].created == got.numbers.size());
      }
}

TEST_CASE("workers that share a source's input give it in its order") {
  for (const auto& on : all_executors())
    for (const unsigned workers : {1U, 2U, 5U})
      for (const std::uint32_t credit : {1U, 8U}) {
        CAPTURE(on.name);
        CAPTURE(workers);
        CAPTURE(credit);
        const auto got = run_chain(on, sharing_source_stage(300, workers), std::nullopt, credit);
        CHECK(got.report.outcome == run_outcome::complete);
        CHECK(got.report.imbalances == std::vector<std::string>());
        CHECK(got.numbers == shared_numbers(300));
        CHECK(got.report.stages[0].created == got.numbers.size());
      }
}

TEST_CASE("without order the workers' records are the same, in any order") {
  for (const auto& on : all_executors()) {
    CAPTURE(on.name);
    auto stage = repeating_stage(3);
    stage.ordered = false;
    auto got = run_chain(on, numbers_source(200, 2), std::move(stage), 2);
    std::sort(got.numbers.begin(), got.numbers.end());
    CHECK(got.report.imbalances == std::vector<std::string>());
    CHECK(got.numbers == repeated_numbers(200));
  }
}

TEST_CASE("a reader that stops ends all workers of a source without end") {
  for (const auto& on : all_executors()) {
    CAPTURE(on.name);
    const auto got = run_chain(on, sharing_source_stage(1'000'000'000, 3), first_stage(100), 2);
    CHECK(got.report.outcome == run_outcome::complete);
    CHECK(got.report.imbalances == std::vector<std::string>());
    auto expected = shared_numbers(200);
    expected.resize(100);
    CHECK(got.numbers == expected);
  }
}

TEST_CASE("a plan shares a source's input among its threads, and a transform's work when asked") {
  graph_builder build;
  auto from = sharing_source_stage(1, 1);
  from.workers.reset();
  const auto source = build.add(std::move(from));
  const auto through = build.add(repeating_stage(1));
  const auto to = build.add(ignoring_sink());
  build.connect(source, through).connect(through, to);
  const auto names = [](const plan& made) {
    std::vector<std::string> all;
    for (const auto& node : made.nodes) all.push_back(node.name);
    return all;
  };
  CHECK(names(plan_run(build.finish(), 1)) ==
        std::vector<std::string>{"numbers", "repeat", "ignore"});
  const auto made = plan_run(build.finish(), 3);
  CHECK(names(made) == std::vector<std::string>{"numbers", "numbers", "numbers",
                                                "numbers.out.collect", "repeat", "ignore"});
  CHECK(made.nodes[1].worker == 1);
  CHECK(made.nodes[1].workers == 3);
}

}  // namespace
}  // namespace weir
