// Stages that fail under a policy: what is lost, what is done again, and when the run ends.

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "runtime/executor/simulated_executor.hpp"
#include "tests/support/faulty_run.hpp"
#include "tests/support/random_stages.hpp"

namespace weir {
namespace {

using namespace weir::testing;
using namespace std::chrono_literals;
using numbers = std::vector<std::int64_t>;

bool holds(std::int64_t n, const numbers& in) {
  return std::find(in.begin(), in.end(), n) != in.end();
}

TEST_CASE("a restarted stage gets its chunk again, and what the failed call gave is not seen") {
  everywhere([](const named_executor& by, lodging how) {
    CAPTURE(by.name);
    CAPTURE(how);
    // Every third call fails, but never twice in a row.
    const auto fails =
        std::make_shared<faults>([](const std::string& call, const numbers&, unsigned before) {
          return call == "process" && before % 3 == 0;
        });
    const auto run = run_faulty(by, faulty_pass(fails, how, quick(failure_action::restart)), how);
    REQUIRE(run.report);
    CHECK(run.report->outcome == run_outcome::complete);
    CHECK(run.report->imbalances.empty());
    CHECK(run.got == up_to(100));
    CHECK(run.rejected.empty());
    CHECK(fails->failed() == 5);
    CHECK(fails->count("open") == 6);
    CHECK(fails->count("close") == 6);
    CHECK(run.figure("faulty", &stage_report::restarts) == 5);
    CHECK(run.figure("faulty", &stage_report::passed) == 100);
    CHECK(run.count(run_event::kind::restarting) == 5);
  });
}

TEST_CASE("each call of a transform is made again where it failed") {
  for (const std::string failing : {"process", "on_mark", "finish"})
    everywhere([&](const named_executor& by, lodging how) {
      CAPTURE(by.name);
      CAPTURE(how);
      CAPTURE(failing);
      const auto fails =
          std::make_shared<faults>([&](const std::string& call, const numbers&, unsigned before) {
            return call == failing && before == 0;
          });
      faulty_run run;
      const auto got = std::make_shared<collected>();
      graph_builder build;
      // This source passes marks.
      auto source = restless_source(200, 3, false);
      source.never_waits = how == lodging::fused;
      const auto from = build.add(std::move(source));
      const auto at =
          build.add(lodged(faulty_pass(fails, how, quick(failure_action::restart)), how));
      build.connect(from, at).connect(at, build.add(collecting_sink(got)));
      const auto report = run_to_end(by, build.finish());
      REQUIRE(report);
      CHECK(report->outcome == run_outcome::complete);
      CHECK(report->imbalances.empty());
      CHECK(got->numbers() == up_to(200));
      CHECK(fails->failed() == 1);
      CHECK(fails->count("open") == 2);
    });
}

TEST_CASE("each call of a sink is made again where it failed") {
  for (const std::string failing : {"consume", "flush"})
    everywhere([&](const named_executor& by, lodging how) {
      CAPTURE(by.name);
      CAPTURE(how);
      CAPTURE(failing);
      const auto fails =
          std::make_shared<faults>([&](const std::string& call, const numbers&, unsigned before) {
            return call == failing && before == 0;
          });
      const auto got = std::make_shared<collected>();
      auto to = with_faults(collecting_sink(got, "faulty"), fails);
      to.failed = after_failure::goes_on;
      to.on_failure = quick(failure_action::restart);
      const auto run = run_faulty(by, std::move(to), how);
      REQUIRE(run.report);
      CHECK(run.report->outcome == run_outcome::complete);
      CHECK(run.report->imbalances.empty());
      CHECK(got->numbers() == up_to(100));
      CHECK(fails->failed() == 1);
      CHECK(fails->count("open") == 2);
      CHECK(fails->count("close") == 2);
    });
}

TEST_CASE("a sink that rolls back is called again and not made anew") {
  everywhere([](const named_executor& by, lodging how) {
    CAPTURE(by.name);
    CAPTURE(how);
    const auto fails =
        std::make_shared<faults>([](const std::string& call, const numbers&, unsigned before) {
          // The first roll-back fails as well.
          return (call == "consume" && before == 4) || (call == "roll_back" && before == 0);
        });
    const auto got = std::make_shared<collected>();
    auto to = with_faults(collecting_sink(got, "faulty"), fails);
    to.failed = after_failure::rolls_back;
    to.on_failure = quick(failure_action::restart);
    const auto run = run_faulty(by, std::move(to), how);
    REQUIRE(run.report);
    CHECK(run.report->outcome == run_outcome::complete);
    CHECK(run.report->imbalances.empty());
    CHECK(got->numbers() == up_to(100));
    CHECK(fails->count("open") == 1);
    CHECK(fails->count("roll_back") == 2);
  });
}

TEST_CASE("too many restarts end the run with the first cause and the history") {
  everywhere([](const named_executor& by, lodging how) {
    CAPTURE(by.name);
    CAPTURE(how);
    // Whatever instance: an open of a restart fails as well.
    const auto fails =
        std::make_shared<faults>([](const std::string& call, const numbers&, unsigned before) {
          return (call == "process" && before >= 2) || (call == "open" && before >= 1);
        });
    const auto run =
        run_faulty(by, faulty_pass(fails, how, quick(failure_action::restart, 3)), how);
    REQUIRE(run.report);
    CHECK(run.report->outcome == run_outcome::failed);
    CHECK(run.report->imbalances.empty());
    REQUIRE(run.report->failure);
    CHECK(run.report->failure->stage == "faulty");
    CHECK(run.report->failure->call == "process");
    CHECK(run.report->failure->cause.text == "told to fail");
    REQUIRE(run.report->failure->history.size() == 4);
    CHECK(run.report->failure->history.front().find("'process' failed") != std::string::npos);
    CHECK(run.report->failure->history.back().find("at last: 'open' failed") != std::string::npos);
    CHECK(fails->count("process") == 3);
    CHECK(fails->count("open") == 4);
    CHECK(fails->count("close") == 4);
    CHECK(run.count(run_event::kind::restarting) == 3);
    CHECK(run.count(run_event::kind::failed) == 1);
    // What comes below the one that failed was opened and let go: a beginning.
    CHECK(run.got == up_to(run.got.size()));
    CHECK(run.figure("faulty", &stage_report::held) == 10);
  });
}

TEST_CASE("a stage that can't be opened at the start is not tried again") {
  everywhere([](const named_executor& by, lodging how) {
    CAPTURE(by.name);
    CAPTURE(how);
    const auto fails = std::make_shared<faults>(
        [](const std::string& call, const numbers&, unsigned) { return call == "open"; });
    const auto run = run_faulty(by, faulty_pass(fails, how, quick(failure_action::restart)), how);
    REQUIRE(run.report);
    REQUIRE(run.report->failure);
    CHECK(run.report->failure->call == "open");
    CHECK(run.report->failure->history.empty());
    CHECK(fails->count("open") == 1);
  });
}

TEST_CASE("a stage that has given part of what it makes is not restarted, which is told") {
  for (const auto& by : all_executors()) {
    CAPTURE(by.name);
    const auto fails =
        std::make_shared<faults>([](const std::string& call, const numbers&, unsigned before) {
          return call == "resume" && before == 3;
        });
    auto made = with_faults(multiplying_stage(2), fails);
    made.name = "faulty";
    made.workers_most = 1;
    made.failed = after_failure::goes_on;
    made.on_failure = quick(failure_action::restart);
    const auto run = run_faulty(by, std::move(made), lodging::apart);
    REQUIRE(run.report);
    REQUIRE(run.report->failure);
    CHECK(run.report->failure->call == "resume");
    REQUIRE_FALSE(run.report->failure->history.empty());
    CHECK(run.report->failure->history.back().find("can't be taken back") != std::string::npos);
    CHECK(run.report->imbalances.empty());
  }
}

TEST_CASE("what a restarted stage had kept back is lost, which is told and in the balance") {
  everywhere([](const named_executor& by, lodging how) {
    CAPTURE(by.name);
    CAPTURE(how);
    const auto fails =
        std::make_shared<faults>([](const std::string& call, const numbers& on, unsigned) {
          return call == "process" && !on.empty() && on.front() == 20;
        });
    auto made = with_faults(holding_stage(4), fails);
    made.name = "faulty";
    made.on_failure = quick(failure_action::skip);
    made.on_failure.restart.lossy_state = true;
    const auto run = run_faulty(by, lodged(std::move(made), how), how);
    REQUIRE(run.report);
    CHECK(run.report->outcome == run_outcome::complete);
    CHECK(run.report->imbalances == std::vector<std::string>());
    CHECK(run.rejected.size() == 10);
    CHECK(run.got.size() == 70);
    CHECK(run.got.front() == 30);
    CHECK(run.figure("faulty", &stage_report::held) == 20);
    CHECK(std::any_of(run.events.begin(), run.events.end(), [](const run_event& e) {
      return e.stage == "faulty" && e.text ==
                                        "20 records that the instance before had kept back "
                                        "are lost, as 'lossy_state' allows";
    }));
  });
}

TEST_CASE("what a skipping stage fails on is rejected whole, with the cause") {
  everywhere([](const named_executor& by, lodging how) {
    CAPTURE(by.name);
    CAPTURE(how);
    const auto fails =
        std::make_shared<faults>([](const std::string& call, const numbers& on, unsigned) {
          return call == "process" && (holds(17, on) || holds(55, on));
        });
    const auto run = run_faulty(by, faulty_pass(fails, how, quick(failure_action::skip)), how);
    REQUIRE(run.report);
    CHECK(run.report->outcome == run_outcome::complete);
    CHECK(run.report->imbalances.empty());
    auto kept = up_to(100);
    std::erase_if(kept, [](auto n) { return n / 10 == 1 || n / 10 == 5; });
    CHECK(run.got == kept);
    CHECK(run.rejected.size() == 20);
    CHECK(run.figure("faulty", &stage_report::rejected) == 20);
    CHECK(run.figure("faulty", &stage_report::restarts) == 2);
    REQUIRE_FALSE(run.reasons.empty());
    CHECK(run.reasons.front() == "the stage failed on 10 records that it was one of: told to fail");
    CHECK(fails->count("open") == 3);
    CHECK(fails->count("close") == 3);
  });
}

TEST_CASE("a mark that a skipping stage fails on goes its way") {
  for (const auto& by : all_executors()) {
    CAPTURE(by.name);
    const auto fails = std::make_shared<faults>(
        [](const std::string& call, const numbers&, unsigned) { return call == "on_mark"; });
    const auto got = std::make_shared<collected>();
    graph_builder build;
    const auto from = build.add(restless_source(200, 3, false));
    const auto at = build.add(faulty_pass(fails, lodging::apart, quick(failure_action::skip)));
    build.connect(from, at).connect(at, build.add(collecting_sink(got)));
    const auto report = run_to_end(by, build.finish());
    REQUIRE(report);
    CHECK(report->outcome == run_outcome::complete);
    CHECK(got->numbers() == up_to(200));
    CHECK(fails->failed() > 0);
    CHECK(got->marks(mark::kind::flush) > 0);
  }
}

TEST_CASE("workers that are restarted or skip keep the order of the records") {
  for (const auto& by : all_executors())
    for (const auto action : {failure_action::restart, failure_action::skip})
      for (const bool behind : {false, true}) {
        CAPTURE(by.name);
        CAPTURE(action);
        CAPTURE(behind);
        const auto fails =
            std::make_shared<faults>([](const std::string& call, const numbers& on, unsigned) {
              return call == "process" && !on.empty() && on.front() % 40 == 0;
            });
        // Where a chunk would fail each time it is only tried again once.
        const auto once =
            std::make_shared<faults>([seen = std::make_shared<numbers>()](
                                         const std::string& call, const numbers& on, unsigned) {
              if (call != "process" || on.empty() || on.front() % 40 != 0) return false;
              if (holds(on.front(), *seen)) return false;
              seen->push_back(on.front());
              return true;
            });
        const bool skips = action == failure_action::skip;
        auto made = faulty_pass(skips ? fails : once, lodging::apart, quick(action));
        made.workers_most = 8;
        made.workers = 3;
        made.never_waits = made.cheap = true;
        const auto got = std::make_shared<collected>();
        graph_builder build;
        auto at = build.add(numbers_source(2000, 10));
        if (behind) {
          // Fused with workers above it.
          auto above = passing_stage(false);
          above.workers = 3;
          const auto first = build.add(std::move(above));
          build.connect(at, first);
          at = first;
        }
        const auto faulty = build.add(std::move(made));
        build.connect(at, faulty).connect(faulty, build.add(collecting_sink(got)));
        const auto report = run_to_end(by, build.finish());
        REQUIRE(report);
        CHECK(report->outcome == run_outcome::complete);
        CHECK(report->imbalances.empty());
        auto expected = up_to(2000);
        if (skips) std::erase_if(expected, [](auto n) { return n / 10 % 4 == 0; });
        CHECK(got->numbers() == expected);
        CHECK(report->stages[behind ? 2 : 1].restarts == 50);
        CHECK(report->rejected_unread() == (skips ? 500 : 0));
      }
}

// Ends a run as soon as a stage waits to begin anew.
faulty_run end_while_waiting(const named_executor& by, lodging how, bool drains, nanoseconds wait) {
  const auto fails =
      std::make_shared<faults>([](const std::string& call, const numbers&, unsigned before) {
        return call == "process" && before == 2;
      });
  auto policy = quick(failure_action::restart);
  policy.restart.backoff.first = policy.restart.backoff.max = wait;
  return end_once_told(by, faulty_pass(fails, how, policy), how, run_event::kind::restarting,
                       {.drains = drains, .is_long = wait > 1h});
}

TEST_CASE("a run is aborted while a stage waits to begin anew") {
  everywhere([](const named_executor& by, lodging how) {
    CAPTURE(by.name);
    CAPTURE(how);
    const auto run = end_while_waiting(by, how, false, 24h);
    REQUIRE(run.report);
    CHECK(run.report->outcome == run_outcome::aborted);
    CHECK(run.report->imbalances.empty());
    CHECK(run.report->unfinished.empty());
    CHECK(run.figure("faulty", &stage_report::held) == 10);
    CHECK(run.got == up_to(run.got.size()));
  });
}

TEST_CASE("a run is drained while a stage waits to begin anew, which it then does") {
  everywhere([](const named_executor& by, lodging how) {
    CAPTURE(by.name);
    CAPTURE(how);
    const auto run = end_while_waiting(by, how, true, 1ms);
    REQUIRE(run.report);
    CHECK(run.report->outcome == run_outcome::drained);
    CHECK(run.report->imbalances.empty());
    CHECK(run.figure("faulty", &stage_report::restarts) == 1);
    CHECK(run.figure("faulty", &stage_report::held) == 0);
    CHECK(run.got == up_to(run.got.size()));
  });
}

TEST_CASE("a drain for which a stage waits too long to begin anew is told as exceeded") {
  everywhere([](const named_executor& by, lodging how) {
    CAPTURE(by.name);
    CAPTURE(how);
    const auto run = end_while_waiting(by, how, true, 24h);
    REQUIRE(run.report);
    REQUIRE(run.report->failure);
    CHECK(run.report->failure->cause.code == "drain-exceeded");
    CHECK(run.report->imbalances.empty());
    CHECK(run.report->unfinished.empty());
  });
}

TEST_CASE("what a stage waits before it begins anew passes by the run's own clock") {
  const auto fails =
      std::make_shared<faults>([](const std::string& call, const numbers&, unsigned before) {
        return call == "process" && before == 2;
      });
  auto policy = quick(failure_action::restart);
  policy.restart.backoff = {.first = 10h, .max = 10h, .jitter = 0};
  graph_builder build;
  const auto got = std::make_shared<collected>();
  const auto at = build.add(faulty_pass(fails, lodging::apart, policy));
  build.connect(build.add(numbers_source(100, 10)), at)
      .connect(at, build.add(collecting_sink(got)));
  const auto run = make_simulated_executor({.seed = 1})->start(build.finish(), {});
  const auto report = run->wait(machine_clock().now() + hang_limit);
  REQUIRE(report);
  CHECK(report->outcome == run_outcome::complete);
  CHECK(report->wall >= 10h);
  CHECK(got->numbers() == up_to(100));
}

}  // namespace
}  // namespace weir
