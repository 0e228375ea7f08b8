// What travels in line with the records and is none.

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/support/executors.hpp"
#include "tests/support/number_stages.hpp"
#include "tests/support/random_stages.hpp"
#include "tests/support/watched_stages.hpp"

namespace weir {
namespace {

using namespace weir::testing;

// Takes chunks in and gives nothing before its end.
class keeping_all final : public transform {
 public:
  stage_answer process(port_number, const chunk_ptr&, outlet&) override { return answer::wait; }
};

made_stage keeping_stage(hold_bound hold) {
  made_stage made{.name = "keep", .ledger = ledger_kind::creates, .hold = hold};
  made.make = []() -> configured_stage::instance {
    return std::unique_ptr<transform>(std::make_unique<keeping_all>());
  };
  return made;
}

std::shared_ptr<collected> through(const named_executor& by, made_stage stage,
                                   std::uint32_t credit = 8) {
  const auto got = std::make_shared<collected>();
  graph_builder build;
  const auto a = build.add(numbers_source(20, 2));
  const auto b = build.add(std::move(stage));
  auto to = collecting_sink(got);
  to.credit.chunks = credit;
  const auto c = build.add(to);
  build.connect(a, b).connect(b, c);
  const auto report = run_to_end(by, build.finish());
  REQUIRE(report);
  CHECK(report->outcome == run_outcome::complete);
  CHECK(report->imbalances.empty());
  return got;
}

TEST_CASE("a stage that holds nothing answers a chunk that left nothing with a progress mark") {
  for (const auto& by : all_executors()) {
    CAPTURE(by.name);
    // The credit lets every mark through before it can be joined with the next.
    const auto got = through(by, keeping_stage({}), 100);
    CHECK(got->numbers().empty());
    CHECK(got->marks(mark::kind::progress) == 10);
    CHECK(got->marks(mark::kind::flush) == 0);
  }
}

TEST_CASE("a stage that gives a chunk for each, or holds back, makes no marks") {
  for (const auto& by : all_executors()) {
    CAPTURE(by.name);
    CHECK(through(by, pass_stage())->marks(mark::kind::progress) == 0);
    CHECK(through(by, keeping_stage(hold_bound::everything()))->marks(mark::kind::progress) == 0);
    CHECK(through(by, holding_stage(3))->marks(mark::kind::progress) == 0);
  }
}

TEST_CASE("a port that got nothing gets a progress mark while its neighbour gets the chunk") {
  for (const auto& by : all_executors()) {
    CAPTURE(by.name);
    const auto even = std::make_shared<collected>();
    const auto odd = std::make_shared<collected>();
    graph_builder build;
    const auto a = build.add(numbers_source(10, 1));
    const auto b = build.add(splitting_stage());
    const auto c = build.add(collecting_sink(even, "even"));
    const auto d = build.add(collecting_sink(odd, "odd"));
    build.connect(a, b).connect(b, c, 0).connect(b, d, 1);
    const auto report = run_to_end(by, build.finish());
    REQUIRE(report);
    CHECK(even->numbers() == std::vector<std::int64_t>{0, 2, 4, 6, 8});
    CHECK(odd->numbers() == std::vector<std::int64_t>{1, 3, 5, 7, 9});
    CHECK(even->marks(mark::kind::progress) == 5);
    CHECK(odd->marks(mark::kind::progress) == 5);
  }
}

TEST_CASE("a flush mark goes through transforms, forks and merges to every sink") {
  constexpr unsigned chunks = 6;
  for (const auto& by : all_executors()) {
    CAPTURE(by.name);
    const auto seen = std::make_shared<watch>();
    const auto left = std::make_shared<collected>();
    const auto right = std::make_shared<collected>();
    graph_builder build;
    const auto a = build.add(watched_source(seen, false, chunks));
    const auto b = build.add(pass_stage("first"));
    const auto c = build.add(pass_stage("second"));
    const auto d = build.add(collecting_sink(left, "left"));
    const auto e = build.add(collecting_sink(right, "right"));
    // Left gets everything once, right twice.
    build.connect(a, b).connect(b, c).connect(c, d).connect(c, e).connect(a, e);
    const auto report = run_to_end(by, build.finish());
    REQUIRE(report);
    CHECK(report->outcome == run_outcome::complete);
    CHECK(left->marks(mark::kind::flush) == chunks);
    CHECK(left->numbers().size() == 3 * chunks);
    // Two that meet at a merge may become one.
    CHECK(right->marks(mark::kind::flush) >= chunks);
    CHECK(right->marks(mark::kind::flush) <= 2 * chunks);
    CHECK(right->numbers().size() == 2 * 3 * chunks);
  }
}

}  // namespace
}  // namespace weir
