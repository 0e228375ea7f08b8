// Pipelines in which all stages below one that begins anew do so with it.

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "runtime/executor/simulated_executor.hpp"
#include "tests/support/faulty_run.hpp"
#include "tests/support/random_stages.hpp"
#include "tests/support/test_seeds.hpp"

namespace weir {
namespace {

using namespace weir::testing;
using numbers = std::vector<std::int64_t>;

std::shared_ptr<faults> first_process_fails() {
  return std::make_shared<faults>([](const std::string& call, const numbers&, unsigned before) {
    return call == "process" && before == 0;
  });
}

std::shared_ptr<faults> unfailing() {
  return std::make_shared<faults>(
      [](const std::string&, const numbers&, unsigned) { return false; });
}

made_stage follower(const std::string& name, const std::shared_ptr<faults>& by, lodging how) {
  auto made = faulty_pass(by, how, {});
  made.name = name;
  made.follows_restarts = true;
  return lodged(std::move(made), how);
}

// numbers -> above -> faulty -> below -> lowest -> sink, each but the source with its calls
// counted.
struct chain {
  std::shared_ptr<faults> above = unfailing();
  std::shared_ptr<faults> faulty = first_process_fails();
  std::shared_ptr<faults> below = unfailing();
  std::shared_ptr<faults> lowest = unfailing();
  std::shared_ptr<faults> end = unfailing();
  std::shared_ptr<collected> got = std::make_shared<collected>();

  graph built(lodging how, after_failure sink = after_failure::goes_on, unsigned workers = 1) {
    graph_builder build;
    const auto from = build.add(numbers_for(how, 400, 10));
    auto first = faulty_pass(above, how, {});
    first.name = "above";
    first.workers_most = 8;
    const auto a = build.add(lodged(std::move(first), how));
    auto second = faulty_pass(faulty, how, quick(failure_action::restart));
    second.workers_most = 8;
    const auto f = build.add(lodged(std::move(second), how));
    auto many = follower("below", below, how);
    many.workers_most = 8;
    if (workers > 1) many.workers = workers;
    const auto b = build.add(std::move(many));
    const auto l = build.add(follower("lowest", lowest, how));
    auto to = with_faults(collecting_sink(got, "end"), end);
    to.failed = sink;
    to.follows_restarts = sink != after_failure::rolls_back;
    const auto e = build.add(lodged(std::move(to), how));
    build.connect(from, a).connect(a, f).connect(f, b).connect(b, l).connect(l, e);
    return build.finish();
  }
};

TEST_CASE("with a stage that is restarted all below it begin anew, and none above") {
  everywhere([](const named_executor& by, lodging how) {
    CAPTURE(by.name);
    CAPTURE(how);
    chain of;
    const auto report = run_to_end(by, of.built(how));
    REQUIRE(report);
    CHECK(report->outcome == run_outcome::complete);
    CHECK(report->imbalances.empty());
    CHECK(of.got->numbers() == up_to(400));
    CHECK(of.above->count("open") == 1);
    CHECK(of.faulty->count("open") == 2);
    CHECK(of.below->count("open") == 2);
    CHECK(of.lowest->count("open") == 2);
    CHECK(of.end->count("open") == 2);
    for (const auto& each : {of.above, of.faulty, of.below, of.lowest, of.end})
      CHECK(each->count("close") == each->count("open"));
    CHECK(report->stages[1].restarts == 0);
    for (const auto at : {2U, 3U, 4U, 5U}) CHECK(report->stages[at].restarts == 1);
  });
}

TEST_CASE("a sink that rolls back stays as it is where a stage above is restarted") {
  everywhere([](const named_executor& by, lodging how) {
    CAPTURE(by.name);
    CAPTURE(how);
    chain of;
    const auto report = run_to_end(by, of.built(how, after_failure::rolls_back));
    REQUIRE(report);
    CHECK(report->outcome == run_outcome::complete);
    CHECK(of.got->numbers() == up_to(400));
    CHECK(of.lowest->count("open") == 2);
    CHECK(of.end->count("open") == 1);
    CHECK(of.end->count("roll_back") == 0);
  });
}

TEST_CASE("each worker of a stage begins anew with the one above, and the order is kept") {
  for (const auto& by : all_executors()) {
    CAPTURE(by.name);
    chain of;
    const auto report = run_to_end(by, of.built(lodging::apart, after_failure::goes_on, 3));
    REQUIRE(report);
    CHECK(report->outcome == run_outcome::complete);
    CHECK(report->imbalances.empty());
    CHECK(of.got->numbers() == up_to(400));
    CHECK(of.below->count("open") == 2 * report->stages[3].instances);
  }
}

TEST_CASE("a worker's turn ends when what it failed on was skipped and those below know of it") {
  for (const auto& by : all_executors()) {
    CAPTURE(by.name);
    chain of;
    of.faulty =
        std::make_shared<faults>([](const std::string& call, const numbers&, unsigned before) {
          return call == "process" && before % 3 == 0;
        });
    graph what = of.built(lodging::fused);
    for (const auto at : {1U, 2U}) what.stages[at].workers = 3;
    what.stages[2].on_failure.action = failure_action::skip;
    const auto report = run_to_end(by, std::move(what));
    REQUIRE(report);
    CHECK(report->outcome == run_outcome::complete);
    CHECK(report->imbalances.empty());
    CHECK(report->stages[2].rejected > 0);
    const auto got = of.got->numbers();
    CHECK(got.size() + report->stages[2].rejected == 400);
    CHECK(std::is_sorted(got.begin(), got.end()));
  }
}

TEST_CASE("a stage that can't be opened anew with the one above ends the run") {
  everywhere([](const named_executor& by, lodging how) {
    CAPTURE(by.name);
    CAPTURE(how);
    chain of;
    of.below =
        std::make_shared<faults>([](const std::string& call, const numbers&, unsigned before) {
          return call == "open" && before == 1;
        });
    const auto report = run_to_end(by, of.built(how));
    REQUIRE(report);
    REQUIRE(report->failure);
    CHECK(report->failure->stage == "below");
    CHECK(report->failure->call == "open");
    CHECK(report->imbalances.empty());
  });
}

TEST_CASE("a call made again for a temporary cause has nobody begin anew") {
  everywhere([](const named_executor& by, lodging how) {
    CAPTURE(by.name);
    CAPTURE(how);
    chain of;
    of.faulty =
        std::make_shared<faults>([](const std::string&, const numbers&, unsigned) { return false; },
                                 [](const std::string& call, const numbers&, unsigned before) {
                                   return call == "process" && before == 0;
                                 });
    graph what = of.built(how);
    what.stages[2].on_failure.retry.deadline = std::chrono::hours(1);
    what.stages[2].on_failure.retry.backoff.first = std::chrono::milliseconds(1);
    const auto report = run_to_end(by, std::move(what));
    REQUIRE(report);
    CHECK(report->outcome == run_outcome::complete);
    CHECK(report->stages[2].retries == 1);
    CHECK(of.below->count("open") == 1);
  });
}

TEST_CASE("stages begin anew together under any schedule, and all balances hold at each step") {
  for (const auto seed : test_seeds(50))
    for (const auto how : {lodging::apart, lodging::fused})
      // With several, one waits to begin anew while those behind it do so with another.
      for (const unsigned workers : {1U, 3U}) {
        CAPTURE(seed);
        CAPTURE(how);
        CAPTURE(workers);
        chain of;
        of.faulty =
            std::make_shared<faults>([](const std::string& call, const numbers&, unsigned before) {
              return call == "process" && before % 5 < 2;
            });
        const named_executor by = {"simulated",
                                   [seed] { return make_simulated_executor({.seed = seed}); }};
        graph what = of.built(how);
        for (const auto at : {1U, 2U, 3U}) what.stages[at].workers = workers;
        const auto report = run_to_end(by, std::move(what));
        REQUIRE(report);
        CHECK(report->outcome == run_outcome::complete);
        CHECK(report->imbalances.empty());
        // A record that is alone where it fails again is the guilty one.
        const auto got = of.got->numbers();
        CHECK(got.size() + report->stages[2].rejected == 400);
        CHECK(std::is_sorted(got.begin(), got.end()));
        if (workers == 1) CHECK(got == up_to(400));
        CHECK(of.above->count("open") == workers);
        CHECK(of.lowest->count("close") == of.lowest->count("open"));
      }
}

}  // namespace
}  // namespace weir
