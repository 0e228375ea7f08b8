// Proof that simulation can fail: mistakes planted into the engine are found. Only in a build that
// can have them, as `./dev check` makes it.

#include "runtime/flow/planted_defect.hpp"

#ifdef WEIR_PLANTED_DEFECTS

#include <doctest/doctest.h>

#include "runtime/executor/simulated_executor.hpp"
#include "tests/support/hang_limit.hpp"
#include "tests/support/random_pipeline_result.hpp"

namespace weir {
namespace {

using namespace weir::testing;

class planting {
 public:
  explicit planting(planted_defect which) { planted = which; }
  ~planting() { planted = planted_defect::none; }
  planting(const planting&) = delete;
  planting& operator=(const planting&) = delete;
};

// What is wrong with a random pipeline under a schedule, both by the seed.
std::string wrong_with(std::uint64_t seed) {
  const auto made = make_random_pipeline(seed);
  const auto run = make_simulated_executor({.seed = seed})->start(made.what, {.seed = seed});
  const auto report = run->wait(machine_clock().now() + hang_limit);
  return report ? wrong_in(made, *report) : "it did not end";
}

TEST_CASE("a planted defect is found within 2,000 seeds") {
  struct row {
    planted_defect which;
    std::string name;
  };
  const row rows[] = {
      {planted_defect::credit_on_receipt, "credit on receipt"},
      {planted_defect::one_too_many, "one too many"},
      {planted_defect::first_one_free, "first one free"},
      {planted_defect::no_epoch_check, "no epoch check"},
      {planted_defect::turns_as_they_come, "turns as they come"},
      {planted_defect::lost_wake_up, "lost wake-up"},
      {planted_defect::end_forgets, "end forgets"},
      {planted_defect::discard_uncounted, "discard uncounted"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    const planting one(row.which);
    std::uint64_t seeds = 0;
    std::string wrong;
    while (wrong.empty() && seeds < 2'000) wrong = wrong_with(seeds++);
    CHECK_FALSE(wrong.empty());
    MESSAGE(row.name << ", found by seed " << seeds << ": " << wrong);
  }
}

// Numbers its chunks, with a mark behind each.
class marking_source final : public source {
 public:
  stage_answer pull(outlet& out) override {
    out.emit(numbers_chunk(given_++, 1));
    out.pass(0, {mark::kind::flush});
    return given_ == 20 ? answer::end : answer::more;
  }

 private:
  std::int64_t given_ = 0;
};

// Counts the marks that came before what they stand behind.
class mark_counting_sink final : public sink {
 public:
  explicit mark_counting_sink(std::shared_ptr<int> early) : early_(std::move(early)) {}
  stage_answer consume(const chunk_ptr& records, outlet&) override {
    last_ = numbers_in(*records).back();
    return answer::wait;
  }
  stage_answer on_mark(mark, outlet&) override {
    // Marks that wait side by side become one, so there may be fewer than chunks, but not more.
    *early_ += ++marks_ > last_ + 1 ? 1 : 0;
    return answer::wait;
  }

 private:
  std::shared_ptr<int> early_;
  std::int64_t last_ = -1;
  std::int64_t marks_ = 0;
};

int early_marks(std::uint64_t seed) {
  const auto early = std::make_shared<int>(0);
  made_stage from{.name = "marking", .kind = stage_kind::source};
  from.make = []() -> configured_stage::instance {
    return std::unique_ptr<source>(std::make_unique<marking_source>());
  };
  made_stage to{.name = "count", .kind = stage_kind::sink};
  to.make = [early]() -> configured_stage::instance {
    return std::unique_ptr<sink>(std::make_unique<mark_counting_sink>(early));
  };
  to.credit.chunks = 1;
  graph_builder build;
  build.connect(build.add(std::move(from)), build.add(std::move(to)));
  const auto run = make_simulated_executor({.seed = seed})->start(build.finish(), {});
  const auto report = run->wait(machine_clock().now() + hang_limit);
  REQUIRE(report);
  CHECK(report->imbalances.empty());
  return *early;
}

TEST_CASE("a mark that overtakes its records is found") {
  CHECK(early_marks(1) == 0);
  const planting one(planted_defect::mark_overtakes);
  CHECK(early_marks(1) > 0);
}

}  // namespace
}  // namespace weir

#endif
