// Calls that take longer than `max_duration` fail, and those that do not return end the run.

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "runtime/executor/call_watch.hpp"
#include "tests/support/executors.hpp"
#include "tests/support/faulty_stages.hpp"
#include "tests/support/happening.hpp"
#include "tests/support/number_stages.hpp"

namespace weir::testing {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

// Time that calls take by themselves, beside the machine's.
class skipping_clock final : public clock {
 public:
  time_point now() const override { return machine_clock().now() + nanoseconds(skipped_.load()); }
  wall_time wall() const override { return machine_clock().wall(); }
  void skip(nanoseconds time) { skipped_ += time.count(); }

 private:
  std::atomic<nanoseconds::rep> skipped_{0};
};

// Takes an hour for each chunk with a number that is a multiple of 10, but 0.
class slow final : public transform {
 public:
  explicit slow(skipping_clock& time) : time_(time) {}
  stage_answer process(port_number, const chunk_ptr& records, outlet& out) override {
    for (const auto n : numbers_in(*records))
      if (n % 10 == 0 && n != 0) time_.skip(hours(1));
    out.emit(records);
    return answer::wait;
  }

 private:
  skipping_clock& time_;
};

made_stage slow_stage(skipping_clock& time, failure_action action) {
  made_stage made{.name = "slow"};
  made.make = [&time]() -> configured_stage::instance {
    return std::unique_ptr<transform>(std::make_unique<slow>(time));
  };
  made.failed = after_failure::goes_on;
  made.max_duration = std::chrono::minutes(30);
  made.on_failure = quick(action, 100);
  made.on_failure.restart.within = std::chrono::seconds(1);
  return made;
}

struct slow_run {
  std::optional<run_report> report;
  std::vector<std::int64_t> got;
};

slow_run run_slow(const named_executor& by, failure_action action, bool is_fused) {
  skipping_clock time;
  const auto got = std::make_shared<collected>();
  graph_builder build;
  const auto from = build.add(numbers_source(30, 4));
  auto stage = slow_stage(time, action);
  const auto over = build.add(is_fused ? fused(std::move(stage)) : std::move(stage));
  build.connect(from, over).connect(over, build.add(collecting_sink(got)));
  run_options options;
  options.time = &time;
  const auto executor = by.make();
  const auto run = executor->start(build.finish(), options);
  const auto report = run->wait(time.now() + hours(1'000));
  return {report, got->numbers()};
}

TEST_CASE("a call that took too long has failed, and its policy says what follows") {
  for (const auto& by : all_executors())
    for (const bool is_fused : {false, true}) {
      CAPTURE(by.name);
      CAPTURE(is_fused);
      const auto failed = run_slow(by, failure_action::fail, is_fused);
      REQUIRE(failed.report);
      REQUIRE(failed.report->failure);
      CHECK(failed.report->failure->stage == "slow");
      CHECK(failed.report->failure->cause.code == "max-duration");
      CHECK(failed.report->imbalances.empty());

      // Cut until the record stands alone that takes so long.
      const auto restarted = run_slow(by, failure_action::restart, is_fused);
      REQUIRE(restarted.report);
      CHECK(restarted.report->outcome == run_outcome::complete);
      CHECK(restarted.report->imbalances.empty());
      std::vector<std::int64_t> others;
      for (std::int64_t n = 0; n < 30; ++n)
        if (n % 10 != 0 || n == 0) others.push_back(n);
      CHECK(restarted.got == others);
      CHECK(restarted.report->stages[1].rejected == 2);

      const auto skipped = run_slow(by, failure_action::skip, is_fused);
      REQUIRE(skipped.report);
      CHECK(skipped.report->outcome == run_outcome::complete);
      CHECK(skipped.report->imbalances.empty());
      CHECK(skipped.report->stages[1].rejected == 8);
    }
}

TEST_CASE("a call is overdue when it has worked for too long, and that is news once") {
  manual_clock time;
  call_watch watch("slow", failure_action::restart, milliseconds(10), time);
  CHECK(!watch.look());
  for (int calls = 0; calls < 2; ++calls) {
    watch.begin("process", {});
    time.advance(milliseconds(6));
    watch.pause();
    time.advance(hours(1));
    CHECK(!watch.look());
    watch.go_on();
    time.advance(milliseconds(4));
    CHECK(!watch.look());
    time.advance(milliseconds(2));
    const auto late = watch.look();
    REQUIRE(late);
    CHECK(late->call == "process");
    CHECK(late->took == milliseconds(12));
    CHECK(late->is_news);
    CHECK_FALSE(watch.look()->is_news);
    CHECK(watch.end() == milliseconds(12));
    CHECK(!watch.look());
  }
  watch.begin("process", {});
  time.advance(milliseconds(10));
  CHECK(!watch.end());
}

// Is in a call until it is let go.
class held final : public transform {
 public:
  held(std::shared_ptr<happening> let_go, std::shared_ptr<happening> gone)
      : let_go_(std::move(let_go)), gone_(std::move(gone)) {}
  ~held() override { gone_->happen(); }
  stage_answer process(port_number, const chunk_ptr&, outlet&) override {
    let_go_->wait();
    return answer::wait;
  }

 private:
  std::shared_ptr<happening> let_go_;
  std::shared_ptr<happening> gone_;
};

// Nobody can look while the one thread of the inline executor is in the call.
TEST_CASE("a call that does not return ends the run, which names it and what it is on") {
  for (const auto action : {failure_action::fail, failure_action::skip})
    for (const unsigned threads : {1U, 2U}) {
      CAPTURE(threads);
      const auto let_go = std::make_shared<happening>();
      const auto gone = std::make_shared<happening>();
      std::optional<run_report> report;
      {
        graph_builder build;
        made_stage stage{.name = "stuck"};
        stage.make = [=]() -> configured_stage::instance {
          return std::unique_ptr<transform>(std::make_unique<held>(let_go, gone));
        };
        stage.failed = after_failure::goes_on;
        stage.max_duration = milliseconds(1);
        stage.on_failure.action = action;
        const auto over = build.add(std::move(stage));
        build.connect(build.add(numbers_source(0, 10)), over);
        build.connect(over, build.add(ignoring_sink()));
        run_options options;
        options.grace = milliseconds(50);
        const auto executor = make_actors_executor(threads);
        const auto run = executor->start(build.finish(), options);
        report = run->wait(machine_clock().now() + hang_limit);
        // Whoever lets go of a run waits for the threads that are in its calls.
        let_go->happen();
      }
      CHECK(gone->wait());
      REQUIRE(report);
      REQUIRE(report->failure);
      CHECK(report->failure->stage == "stuck");
      CHECK(report->failure->call == "process");
      CHECK(report->failure->cause.code == "max-duration");
      CHECK(report->failure->cause.text.find("'process' has not returned for ") == 0);
      CHECK(report->failure->cause.text.find("and 'max_duration' allows 1ms") != std::string::npos);
      const auto is_stuck = [](const unfinished_call& of) { return of.stage == "stuck"; };
      CHECK(std::count_if(report->unfinished.begin(), report->unfinished.end(), is_stuck) == 1);
    }
}

}  // namespace
}  // namespace weir::testing
