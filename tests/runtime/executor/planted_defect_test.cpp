// Proof that simulation can fail: mistakes planted into the engine are found. Only in a build that
// can have them, as `./dev check` makes it.

#include "runtime/flow/planted_defect.hpp"

#ifdef WEIR_PLANTED_DEFECTS

#include <doctest/doctest.h>

#include "runtime/executor/simulated_executor.hpp"
#include "tests/support/hang_limit.hpp"
#include "tests/support/pipeline_case.hpp"
#include "tests/support/random_recovery.hpp"

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
  return run_case({.seed = seed, .schedule = seed}).wrong;
}

struct planted_row {
  planted_defect which;
  std::string name;
};

// The seeds up to the first under which `wrong` tells something while the defect is there, and
// before it was, nothing.
void check_found(const planted_row& row, std::string (*wrong_of)(std::uint64_t seed)) {
  CAPTURE(row.name);
  std::uint64_t seeds = 0;
  std::string wrong;
  {
    const planting one(row.which);
    while (wrong.empty() && seeds < 2'000) wrong = wrong_of(seeds++);
  }
  CHECK_FALSE(wrong.empty());
  CHECK(wrong_of(seeds - 1) == "");
  MESSAGE(row.name << ", found by seed " << seeds << ": " << wrong);
}

TEST_CASE("a planted defect is found within 2,000 seeds") {
  const planted_row rows[] = {
      {planted_defect::credit_on_receipt, "credit on receipt"},
      {planted_defect::one_too_many, "one too many"},
      {planted_defect::first_one_free, "first one free"},
      {planted_defect::no_epoch_check, "no epoch check"},
      {planted_defect::turns_as_they_come, "turns as they come"},
      {planted_defect::lost_wake_up, "lost wake-up"},
      {planted_defect::end_forgets, "end forgets"},
      {planted_defect::discard_uncounted, "discard uncounted"},
  };
  for (const auto& row : rows) check_found(row, wrong_with);
}

TEST_CASE("a case in which a defect is found is shrunk to at most three stages") {
  for (const auto which : {planted_defect::one_too_many, planted_defect::credit_on_receipt,
                           planted_defect::end_forgets, planted_defect::lost_wake_up}) {
    const planting one(which);
    std::uint64_t seed = 0;
    // One that is worth it.
    pipeline_run found;
    while ((found.wrong.empty() || found.stages < 10) && seed < 2'000) {
      ++seed;
      found = run_case({.seed = seed, .schedule = seed});
    }
    REQUIRE_FALSE(found.wrong.empty());
    const auto small = shrink({.seed = seed, .schedule = seed});
    CHECK_FALSE(small.run.wrong.empty());
    CHECK(small.run.stages <= 3);
    CHECK(small.tries <= 3'000);
    // It is run again by its text, and fails in the same way.
    const auto again = pipeline_case::read(small.what.text());
    REQUIRE(again);
    CHECK(*again == small.what);
    CHECK(run_case(*again).wrong == small.run.wrong);
    MESSAGE("seed " << seed << " with " << found.stages << " stages, shrunk: " << small.text());
  }
}

TEST_CASE("a defect planted into what becomes of stages that fail is found within 2,000 seeds") {
  const planted_row rows[] = {
      {planted_defect::failed_call_gives, "failed call gives"},
      {planted_defect::retry_forgets, "retry forgets"},
      {planted_defect::culprit_passes, "culprit passes"},
      {planted_defect::never_gives_up, "never gives up"},
      {planted_defect::timer_lost, "timer lost"},
      {planted_defect::no_roll_back, "no roll back"},
      {planted_defect::stop_receives, "stop receives"},
  };
  for (const auto& row : rows)
    check_found(row, [](std::uint64_t seed) { return simulate_recovery(seed).wrong; });
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
