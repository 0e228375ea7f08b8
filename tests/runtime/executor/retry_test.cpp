// Stages that fail for a temporary cause: the call is made again until it is done or for too long.

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
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
using namespace std::chrono_literals;
using numbers = std::vector<std::int64_t>;

constexpr nanoseconds long_enough = 1h;
constexpr nanoseconds short_time = 5ms;

faults::chooser never() {
  return [](const std::string&, const numbers&, unsigned) { return false; };
}

// Calls of that name: so many of them, from the one number `from` on.
faults::chooser some(const std::string& name, unsigned from, unsigned count) {
  return [=](const std::string& call, const numbers&, unsigned before) {
    return call == name && before >= from && before < from + count;
  };
}

std::shared_ptr<faults> passing(faults::chooser which) {
  return std::make_shared<faults>(never(), std::move(which));
}

std::string text_of(const faulty_run& run, run_event::kind what) {
  for (const auto& event : run.events)
    if (event.what == what) return event.text;
  return {};
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

named_executor simulated(std::uint64_t seed) {
  return {"simulated", [seed] { return make_simulated_executor({.seed = seed}); }};
}

TEST_CASE("a call that fails for a temporary cause is made again of the same instance") {
  everywhere([](const named_executor& by, lodging how) {
    CAPTURE(by.name);
    CAPTURE(how);
    const auto fails = passing(some("process", 4, 3));
    const auto run =
        run_faulty(by, faulty_pass(fails, how, retrying(failure_action::fail, long_enough)), how);
    REQUIRE(run.report);
    CHECK(run.report->outcome == run_outcome::complete);
    CHECK(run.report->imbalances.empty());
    CHECK(run.got == up_to(100));
    CHECK(run.rejected.empty());
    CHECK(fails->failed() == 3);
    CHECK(fails->count("open") == 1);
    CHECK(fails->count("close") == 1);
    CHECK(run.figure("faulty", &stage_report::retries) == 3);
    CHECK(run.figure("faulty", &stage_report::restarts) == 0);
    CHECK(run.figure("faulty", &stage_report::passed) == 100);
    CHECK(run.count(run_event::kind::retrying) == 1);
    CHECK(has(text_of(run, run_event::kind::retrying),
              "'process' can't be done for now: told to wait"));
    CHECK(has(text_of(run, run_event::kind::retrying), "is tried again in 1ms"));
    CHECK(run.count(run_event::kind::retried) == 1);
    CHECK(has(text_of(run, run_event::kind::retried), "'process' was tried again 3 times in "));
    CHECK(has(text_of(run, run_event::kind::retried), " and is done"));
    CHECK(run.count(run_event::kind::restarting) == 0);
  });
}

TEST_CASE("each call that can be made again is, where its cause is temporary") {
  for (const std::string failing : {"process", "on_mark", "finish"})
    everywhere([&](const named_executor& by, lodging how) {
      CAPTURE(by.name);
      CAPTURE(how);
      CAPTURE(failing);
      const auto fails = passing(some(failing, 0, 2));
      const auto got = std::make_shared<collected>();
      graph_builder build;
      // This source passes marks.
      auto source = restless_source(200, 3, false);
      source.never_waits = how == lodging::fused;
      const auto from = build.add(std::move(source));
      const auto at = build.add(
          lodged(faulty_pass(fails, how, retrying(failure_action::fail, long_enough)), how));
      build.connect(from, at).connect(at, build.add(collecting_sink(got)));
      const auto report = run_to_end(by, build.finish());
      REQUIRE(report);
      CHECK(report->outcome == run_outcome::complete);
      CHECK(report->imbalances.empty());
      CHECK(got->numbers() == up_to(200));
      CHECK(fails->failed() == 2);
      CHECK(fails->count("open") == 1);
      CHECK(report->stages[1].retries == 2);
    });
}

TEST_CASE("a sink that rolls back undoes a call before it is made again") {
  for (const std::string failing : {"consume", "flush", "roll_back"})
    everywhere([&](const named_executor& by, lodging how) {
      CAPTURE(by.name);
      CAPTURE(how);
      CAPTURE(failing);
      // Where the call can't be undone for now, that is waited for as well.
      const auto fails = passing([&](const std::string& call, const numbers&, unsigned before) {
        if (failing == "roll_back" && call == "roll_back") return before == 0;
        return call == (failing == "roll_back" ? "consume" : failing) && before < 2;
      });
      const auto got = std::make_shared<collected>();
      auto to = with_faults(collecting_sink(got, "faulty"), fails);
      to.failed = after_failure::rolls_back;
      to.on_failure = retrying(failure_action::fail, long_enough);
      const auto run = run_faulty(by, std::move(to), how);
      REQUIRE(run.report);
      CHECK(run.report->outcome == run_outcome::complete);
      CHECK(run.report->imbalances.empty());
      CHECK(got->numbers() == up_to(100));
      const unsigned undone = failing == "roll_back" ? 3 : 2;
      CHECK(fails->count("roll_back") == undone);
      CHECK(fails->count("open") == 1);
      CHECK(run.figure("faulty", &stage_report::retries) == undone);
      CHECK(run.figure("faulty", &stage_report::restarts) == 0);
      CHECK(run.count(run_event::kind::retrying) == 1);
      CHECK(run.count(run_event::kind::retried) == 1);
    });
}

TEST_CASE("when the deadline has passed the run ends with the first cause and the history") {
  everywhere([](const named_executor& by, lodging how) {
    CAPTURE(by.name);
    CAPTURE(how);
    const auto fails = passing(some("process", 2, 1'000'000));
    const auto run =
        run_faulty(by, faulty_pass(fails, how, retrying(failure_action::fail, short_time)), how);
    REQUIRE(run.report);
    CHECK(run.report->outcome == run_outcome::failed);
    CHECK(run.report->imbalances.empty());
    REQUIRE(run.report->failure);
    CHECK(run.report->failure->call == "process");
    CHECK(run.report->failure->cause.text == "told to wait");
    REQUIRE(run.report->failure->history.size() == 1);
    CHECK(has(run.report->failure->history.front(), "'process' failed: told to wait"));
    CHECK(has(run.report->failure->history.front(), "; tried again "));
    CHECK(has(text_of(run, run_event::kind::retried), " and is not done: told to wait"));
    CHECK(run.count(run_event::kind::retrying) == 1);
    CHECK(run.figure("faulty", &stage_report::held) == 10);
    CHECK(fails->count("open") == 1);
  });
}

TEST_CASE("a failure that is not temporary ends the attempts, and the first cause leads") {
  everywhere([](const named_executor& by, lodging how) {
    CAPTURE(by.name);
    CAPTURE(how);
    const auto fails = std::make_shared<faults>(some("process", 4, 1), some("process", 2, 2));
    const auto run =
        run_faulty(by, faulty_pass(fails, how, retrying(failure_action::fail, long_enough)), how);
    REQUIRE(run.report);
    REQUIRE(run.report->failure);
    CHECK(run.report->failure->cause.text == "told to wait");
    REQUIRE_FALSE(run.report->failure->history.empty());
    CHECK(has(run.report->failure->history.front(), "at last: 'process' failed: told to fail"));
    CHECK(run.report->imbalances.empty());
    CHECK(fails->failed() == 3);
  });
}

TEST_CASE("what is not temporary, or has no deadline, is a failure at once") {
  everywhere([](const named_executor& by, lodging how) {
    CAPTURE(by.name);
    CAPTURE(how);
    for (const bool temporary : {false, true}) {
      CAPTURE(temporary);
      const auto fails = temporary ? passing(some("process", 2, 1))
                                   : std::make_shared<faults>(some("process", 2, 1));
      const auto policy =
          temporary ? failure_policy{} : retrying(failure_action::fail, long_enough);
      const auto run = run_faulty(by, faulty_pass(fails, how, policy), how);
      REQUIRE(run.report);
      REQUIRE(run.report->failure);
      CHECK(run.report->failure->history.empty());
      CHECK(run.count(run_event::kind::retrying) == 0);
      CHECK(fails->failed() == 1);
    }
  });
}

TEST_CASE("behind the deadline the policy has the stage begin anew, and no chunk is cut") {
  everywhere([](const named_executor& by, lodging how) {
    CAPTURE(by.name);
    CAPTURE(how);
    // A new instance helps.
    const auto opened = std::make_shared<std::atomic<unsigned>>(0);
    const auto fails =
        passing([opened](const std::string& call, const numbers& on, unsigned before) {
          if (call == "open") *opened = before;
          return call == "process" && !on.empty() && on.front() == 20 && *opened == 0;
        });
    const auto run =
        run_faulty(by, faulty_pass(fails, how, retrying(failure_action::restart, short_time)), how);
    REQUIRE(run.report);
    CHECK(run.report->outcome == run_outcome::complete);
    CHECK(run.report->imbalances.empty());
    CHECK(run.got == up_to(100));
    CHECK(run.rejected.empty());
    CHECK(run.figure("faulty", &stage_report::restarts) == 1);
    CHECK(run.count(run_event::kind::retrying) == 1);
    CHECK(run.count(run_event::kind::restarting) == 1);
    CHECK(run.count(run_event::kind::cut) == 0);
  });
}

TEST_CASE("a chunk that failed for a temporary cause is not cut where it fails once more") {
  everywhere([](const named_executor& by, lodging how) {
    CAPTURE(by.name);
    CAPTURE(how);
    const auto fails = std::make_shared<faults>(some("process", 3, 1), some("process", 2, 1));
    const auto run = run_faulty(
        by, faulty_pass(fails, how, retrying(failure_action::restart, long_enough)), how);
    REQUIRE(run.report);
    CHECK(run.report->outcome == run_outcome::complete);
    CHECK(run.got == up_to(100));
    CHECK(run.count(run_event::kind::cut) == 0);
    CHECK(run.figure("faulty", &stage_report::restarts) == 1);
  });
}

TEST_CASE("behind the deadline a chunk is rejected whole where the stage skips") {
  everywhere([](const named_executor& by, lodging how) {
    CAPTURE(by.name);
    CAPTURE(how);
    const auto fails = passing([](const std::string& call, const numbers& on, unsigned) {
      return call == "process" && !on.empty() && (on.front() == 10 || on.front() == 50);
    });
    const auto run =
        run_faulty(by, faulty_pass(fails, how, retrying(failure_action::skip, short_time)), how);
    REQUIRE(run.report);
    CHECK(run.report->outcome == run_outcome::complete);
    CHECK(run.report->imbalances.empty());
    CHECK(run.got.size() == 80);
    CHECK(run.rejected.size() == 20);
    // Each has a deadline of its own.
    CHECK(run.count(run_event::kind::retrying) == 2);
  });
}

TEST_CASE("behind the deadline a stage that is isolated is cut off, with the history") {
  for (const auto& by : all_executors()) {
    CAPTURE(by.name);
    const auto fails = passing(some("consume", 2, 1'000'000));
    const auto got = std::make_shared<collected>();
    const auto lost = std::make_shared<collected>();
    auto to = with_faults(collecting_sink(lost, "faulty"), fails);
    to.failed = after_failure::goes_on;
    to.on_failure = retrying(failure_action::isolate, short_time);
    graph_builder build;
    const auto from = build.add(numbers_source(100, 10));
    build.connect(from, build.add(std::move(to)));
    build.connect(from, build.add(collecting_sink(got, "other")));
    const auto report = run_to_end(by, build.finish());
    REQUIRE(report);
    CHECK(report->outcome == run_outcome::complete);
    CHECK(report->imbalances.empty());
    CHECK(got->numbers() == up_to(100));
    REQUIRE(report->isolated.size() == 1);
    CHECK(report->isolated.front().cause.text == "told to wait");
    REQUIRE(report->isolated.front().history.size() == 1);
    CHECK(has(report->isolated.front().history.front(), "; tried again "));
  }
}

TEST_CASE("a stage that keeps something from call to call is not called again") {
  for (const auto& by : all_executors()) {
    CAPTURE(by.name);
    const auto fails = passing(some("process", 2, 1));
    auto made = faulty_pass(fails, lodging::apart, retrying(failure_action::fail, long_enough));
    made.failed = after_failure::loses_state;
    const auto run = run_faulty(by, std::move(made), lodging::apart);
    REQUIRE(run.report);
    CHECK(run.report->failure);
    CHECK(fails->failed() == 1);
  }
}

TEST_CASE("a call that goes on with what the stage gave before is not made again") {
  for (const auto& by : all_executors()) {
    CAPTURE(by.name);
    const auto fails = passing(some("resume", 3, 1));
    auto made = with_faults(multiplying_stage(2), fails);
    made.name = "faulty";
    made.workers_most = 1;
    made.failed = after_failure::goes_on;
    made.on_failure = retrying(failure_action::fail, long_enough);
    const auto run = run_faulty(by, std::move(made), lodging::apart);
    REQUIRE(run.report);
    CHECK(run.report->failure);
    CHECK(fails->failed() == 1);
    CHECK(run.report->imbalances.empty());
  }
}

TEST_CASE("the open that begins the run is not tried again, whatever its cause") {
  everywhere([](const named_executor& by, lodging how) {
    CAPTURE(by.name);
    CAPTURE(how);
    const auto fails = passing(some("open", 0, 1));
    const auto run = run_faulty(
        by, faulty_pass(fails, how, retrying(failure_action::restart, long_enough)), how);
    REQUIRE(run.report);
    REQUIRE(run.report->failure);
    CHECK(run.report->failure->call == "open");
    CHECK(fails->count("open") == 1);
  });
}

TEST_CASE("workers that are called again keep the order of the records") {
  for (const auto& by : all_executors())
    for (const bool behind : {false, true}) {
      CAPTURE(by.name);
      CAPTURE(behind);
      const auto fails = passing([seen = std::make_shared<std::vector<std::int64_t>>()](
                                     const std::string& call, const numbers& on, unsigned) {
        if (call != "process" || on.empty() || on.front() % 40 != 0) return false;
        if (std::find(seen->begin(), seen->end(), on.front()) != seen->end()) return false;
        seen->push_back(on.front());
        return true;
      });
      auto made = faulty_pass(fails, lodging::apart, retrying(failure_action::fail, long_enough));
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
      CHECK(got->numbers() == up_to(2000));
      CHECK(report->stages[behind ? 2 : 1].retries == 50);
    }
}

// Ends a run as soon as a call waits to be made again.
faulty_run end_while_waiting(const named_executor& by, lodging how, bool drains, nanoseconds wait) {
  auto policy = retrying(failure_action::fail, 1000h);
  policy.retry.backoff.first = policy.retry.backoff.max = wait;
  return end_once_told(by, faulty_pass(passing(some("process", 2, 1)), how, policy), how,
                       run_event::kind::retrying, {.drains = drains, .is_long = wait > 1h});
}

TEST_CASE("a run is aborted while a call waits to be made again") {
  everywhere([](const named_executor& by, lodging how) {
    CAPTURE(by.name);
    CAPTURE(how);
    const auto run = end_while_waiting(by, how, false, 24h);
    REQUIRE(run.report);
    CHECK(run.report->outcome == run_outcome::aborted);
    CHECK(run.report->imbalances.empty());
    CHECK(run.report->unfinished.empty());
    CHECK(run.figure("faulty", &stage_report::held) == 10);
    CHECK(run.figure("faulty", &stage_report::retries) == 0);
    CHECK(run.count(run_event::kind::retried) == 1);
    CHECK(has(text_of(run, run_event::kind::retried), "'process' is not tried again"));
    CHECK(run.got == up_to(run.got.size()));
  });
}

TEST_CASE("a run is drained while a call waits to be made again, which it then is") {
  everywhere([](const named_executor& by, lodging how) {
    CAPTURE(by.name);
    CAPTURE(how);
    const auto run = end_while_waiting(by, how, true, 1ms);
    REQUIRE(run.report);
    CHECK(run.report->outcome == run_outcome::drained);
    CHECK(run.report->imbalances.empty());
    CHECK(run.figure("faulty", &stage_report::retries) == 1);
    CHECK(run.figure("faulty", &stage_report::held) == 0);
    CHECK(run.got == up_to(run.got.size()));
  });
}

TEST_CASE("a drain for which a call waits too long to be made again is told as exceeded") {
  everywhere([](const named_executor& by, lodging how) {
    CAPTURE(by.name);
    CAPTURE(how);
    const auto run = end_while_waiting(by, how, true, 24h);
    REQUIRE(run.report);
    REQUIRE(run.report->failure);
    CHECK(run.report->failure->cause.code == "drain-exceeded");
    CHECK(run.report->imbalances.empty());
  });
}

TEST_CASE("the deadline passes by the run's own clock, and the last attempt is made at it") {
  auto policy = retrying(failure_action::fail, 10h);
  policy.retry.backoff = {.first = 1h, .factor = 3, .max = 100h, .jitter = 0};
  const auto fails = passing(some("process", 2, 1'000'000));
  const auto run =
      run_faulty(simulated(1), faulty_pass(fails, lodging::apart, policy), lodging::apart);
  REQUIRE(run.report);
  REQUIRE(run.report->failure);
  CHECK(run.report->wall >= 10h);
  CHECK(run.report->wall < 11h);
  // After 1, 4 and 10 hours.
  CHECK(run.figure("faulty", &stage_report::retries) == 3);
  CHECK(has(run.report->failure->history.front(), "tried again 3 times in 10h"));
}

TEST_CASE("waits of nothing come to the deadline as well") {
  auto policy = retrying(failure_action::fail, 1s);
  policy.retry.backoff = {.first = 0ms, .max = 0ms, .jitter = 1};
  const auto fails = passing(some("process", 2, 1'000'000));
  const auto run =
      run_faulty(simulated(1), faulty_pass(fails, lodging::apart, policy), lodging::apart);
  REQUIRE(run.report);
  CHECK(run.report->failure);
  CHECK(run.figure("faulty", &stage_report::retries) <= 1000);
}

TEST_CASE("calls are made again under any schedule, and all balances hold at each step") {
  for (const auto seed : test_seeds(50))
    for (const auto how : {lodging::apart, lodging::fused})
      for (const auto action : {failure_action::fail, failure_action::restart}) {
        CAPTURE(seed);
        CAPTURE(how);
        CAPTURE(action);
        // Every third call can't be done for now, and some of them fail for good.
        const bool restarts = action == failure_action::restart;
        const auto fails = std::make_shared<faults>(
            [restarts](const std::string& call, const numbers&, unsigned before) {
              return restarts && call == "process" && before % 7 == 1;
            },
            [](const std::string& call, const numbers&, unsigned before) {
              return call == "process" && before % 3 == 0;
            });
        const auto run = run_faulty(simulated(seed),
                                    faulty_pass(fails, how, retrying(action, long_enough)), how);
        REQUIRE(run.report);
        CHECK(run.report->outcome == run_outcome::complete);
        CHECK(run.report->imbalances.empty());
        CHECK(run.got == up_to(100));
        CHECK(run.count(run_event::kind::retrying) == run.count(run_event::kind::retried));
      }
}

}  // namespace
}  // namespace weir
