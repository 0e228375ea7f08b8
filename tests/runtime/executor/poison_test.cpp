// Records that make every call fail which they are part of: they are found, and the others go on.

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/faulty_run.hpp"

namespace weir {
namespace {

using namespace weir::testing;
using numbers = std::vector<std::int64_t>;

bool holds(std::int64_t n, const numbers& in) {
  return std::find(in.begin(), in.end(), n) != in.end();
}

// A chunk of `count` records, of which those that `guilty` chooses make every call fail.
faulty_run run_poisoned(const named_executor& by, lodging how, std::uint32_t count,
                        const std::function<bool(const numbers&)>& guilty,
                        std::shared_ptr<faults>* calls = nullptr) {
  const auto fails =
      std::make_shared<faults>([guilty](const std::string& call, const numbers& on, unsigned) {
        return call == "process" && guilty(on);
      });
  if (calls != nullptr) *calls = fails;
  return run_faulty(by, faulty_pass(fails, how, quick(failure_action::restart)), how, 2 * count,
                    count);
}

TEST_CASE("the record that a stage fails on is found among many, and the others go on") {
  everywhere([](const named_executor& by, lodging how) {
    CAPTURE(by.name);
    CAPTURE(how);
    std::shared_ptr<faults> calls;
    const auto run = run_poisoned(
        by, how, 100'000, [](const numbers& on) { return holds(70'001, on); }, &calls);
    REQUIRE(run.report);
    CHECK(run.report->outcome == run_outcome::complete);
    CHECK(run.report->imbalances.empty());
    auto kept = up_to(200'000);
    kept.erase(kept.begin() + 70'001);
    CHECK(run.got == kept);
    CHECK(run.rejected == numbers{70'001});
    CHECK(run.reasons == std::vector<std::string>{"the stage failed on it: told to fail"});
    CHECK(calls->failed() <= 20);
    CHECK(run.count(run_event::kind::restarting) == 1);
    CHECK(run.count(run_event::kind::cut) == 1);
  });
}

TEST_CASE("two records that a stage fails on are both found") {
  everywhere([](const named_executor& by, lodging how) {
    CAPTURE(by.name);
    CAPTURE(how);
    const auto run = run_poisoned(
        by, how, 1'000, [](const numbers& on) { return holds(17, on) || holds(900, on); });
    REQUIRE(run.report);
    CHECK(run.report->outcome == run_outcome::complete);
    CHECK(run.report->imbalances.empty());
    CHECK(run.rejected == numbers{17, 900});
    CHECK(run.got.size() == 1'998);
    CHECK(std::is_sorted(run.got.begin(), run.got.end()));
  });
}

TEST_CASE("where a stage fails on all records all are rejected, after a bounded number of calls") {
  everywhere([](const named_executor& by, lodging how) {
    CAPTURE(by.name);
    CAPTURE(how);
    std::shared_ptr<faults> calls;
    const auto run = run_poisoned(
        by, how, 10'000, [](const numbers& on) { return on.front() < 10'000; }, &calls);
    REQUIRE(run.report);
    CHECK(run.report->outcome == run_outcome::complete);
    CHECK(run.report->imbalances.empty());
    CHECK(run.rejected.size() == 10'000);
    CHECK(run.got.size() == 10'000);
    CHECK(calls->failed() < 600);
  });
}

TEST_CASE("a chunk that fails only in company loses nothing") {
  everywhere([](const named_executor& by, lodging how) {
    CAPTURE(by.name);
    CAPTURE(how);
    const auto run = run_poisoned(
        by, how, 1'000, [](const numbers& on) { return holds(17, on) && holds(900, on); });
    REQUIRE(run.report);
    CHECK(run.report->outcome == run_outcome::complete);
    CHECK(run.got == up_to(2'000));
    CHECK(run.rejected.empty());
    CHECK(run.count(run_event::kind::cut) == 1);
  });
}

TEST_CASE("a stage that loses its state is not given parts of a chunk, and the run ends") {
  everywhere([](const named_executor& by, lodging how) {
    CAPTURE(by.name);
    CAPTURE(how);
    const auto fails =
        std::make_shared<faults>([](const std::string& call, const numbers& on, unsigned) {
          return call == "process" && holds(17, on);
        });
    auto made = faulty_pass(fails, how, quick(failure_action::restart, 3));
    made.failed = after_failure::loses_state;
    const auto run = run_faulty(by, std::move(made), how);
    REQUIRE(run.report);
    REQUIRE(run.report->failure);
    CHECK(run.report->failure->history.size() == 4);
    CHECK(run.report->imbalances.empty());
    CHECK(run.rejected.empty());
    CHECK(run.got == up_to(10));
  });
}

// Takes one chunk and wants no more.
class content final : public sink {
 public:
  explicit content(std::shared_ptr<collected> into) : into_(std::move(into)) {}
  stage_answer consume(const chunk_ptr& records, outlet&) override {
    into_->add(*records);
    return answer::end;
  }

 private:
  std::shared_ptr<collected> into_;
};

TEST_CASE("a sink that has enough with a part of a chunk is not given the rest") {
  everywhere([](const named_executor& by, lodging how) {
    CAPTURE(by.name);
    CAPTURE(how);
    const auto fails =
        std::make_shared<faults>([](const std::string& call, const numbers& on, unsigned) {
          return call == "consume" && on.size() == 10;
        });
    const auto got = std::make_shared<collected>();
    made_stage made{.name = "faulty", .kind = stage_kind::sink};
    made.make = [got]() -> configured_stage::instance {
      return std::unique_ptr<sink>(std::make_unique<content>(got));
    };
    made = with_faults(std::move(made), fails);
    made.failed = after_failure::goes_on;
    made.on_failure = quick(failure_action::restart);
    const auto run = run_faulty(by, std::move(made), how);
    REQUIRE(run.report);
    CHECK(run.report->outcome == run_outcome::complete);
    CHECK(run.report->imbalances.empty());
    CHECK(got->numbers() == up_to(5));
    CHECK(fails->count("flush") == 1);
    CHECK(run.figure("faulty", &stage_report::held) == 5);
  });
}

}  // namespace
}  // namespace weir
