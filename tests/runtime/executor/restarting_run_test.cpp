// Pipelines in which all begin again where one stage fails.

#include <doctest/doctest.h>

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "runtime/executor/simulated_executor.hpp"
#include "tests/support/faulty_run.hpp"
#include "tests/support/happening.hpp"
#include "tests/support/test_seeds.hpp"

namespace weir {
namespace {

using namespace weir::testing;
using numbers = std::vector<std::int64_t>;

// What a sink that gives its records their place in the end made of all tries.
struct published {
  std::mutex lock;
  numbers complete;  // of the tries that were settled as complete
  std::size_t failed = 0;
};

class publishing final : public sink {
 public:
  explicit publishing(std::shared_ptr<published> to) : to_(std::move(to)) {}

  stage_answer consume(const chunk_ptr& records, outlet&) override {
    const auto more = numbers_in(*records);
    kept_.insert(kept_.end(), more.begin(), more.end());
    return answer::wait;
  }
  result<void> settle(outcome how) override {
    const std::lock_guard held(to_->lock);
    if (how == outcome::complete)
      to_->complete.insert(to_->complete.end(), kept_.begin(), kept_.end());
    else
      ++to_->failed;
    return {};
  }

 private:
  std::shared_ptr<published> to_;
  numbers kept_;
};

made_stage publishing_sink(const std::shared_ptr<published>& to) {
  made_stage made;
  made.name = "publish";
  made.kind = stage_kind::sink;
  made.make = [to]() -> configured_stage::instance {
    return std::unique_ptr<sink>(std::make_unique<publishing>(to));
  };
  return made;
}

failure_policy whole(std::uint32_t most = 3, nanoseconds first = nanoseconds(0)) {
  failure_policy policy;
  policy.action = failure_action::restart_run;
  policy.restart.most = most;
  policy.restart.within = std::chrono::hours(1);
  policy.restart.backoff.first = first;
  policy.restart.backoff.max = std::max(first, policy.restart.backoff.max);
  policy.restart.backoff.jitter = 0;
  return policy;
}

// Fails in each call of that name, `times` times.
std::shared_ptr<faults> fails(std::string in, unsigned times) {
  return std::make_shared<faults>(
      [in = std::move(in), times](const std::string& call, const numbers&, unsigned before) {
        return call == in && before < times;
      });
}

struct tries {
  std::shared_ptr<published> out = std::make_shared<published>();
  std::vector<run_event> events;
  run_options options;

  tries() {
    options.on_event = [this](const run_event& event) { events.push_back(event); };
  }
  // numbers -> faulty -> publish
  graph built(const std::shared_ptr<faults>& by, lodging how, const failure_policy& policy) const {
    graph_builder build;
    const auto from = build.add(numbers_for(how, 400, 10));
    const auto over = build.add(lodged(faulty_pass(by, how, policy), how));
    const auto to = build.add(publishing_sink(out));
    build.connect(from, over).connect(over, to);
    return build.finish();
  }
  std::size_t count(run_event::kind what) const {
    return static_cast<std::size_t>(std::count_if(
        events.begin(), events.end(), [&](const run_event& event) { return event.what == what; }));
  }
};

TEST_CASE("a run that begins again gives all its records once") {
  everywhere([](const named_executor& by, lodging how) {
    CAPTURE(by.name);
    CAPTURE(how);
    tries of;
    const auto report = run_to_end(by, of.built(fails("process", 2), how, whole()), of.options);
    REQUIRE(report);
    CHECK(report->outcome == run_outcome::complete);
    CHECK(!report->failure);
    CHECK(report->imbalances.empty());
    CHECK(report->restarts == 2);
    CHECK(report->stages[1].restarts == 2);
    CHECK(report->stages[1].received == 400);
    CHECK(report->stages[2].received == 400);
    CHECK(of.out->complete == up_to(400));
    CHECK(of.out->failed == 2);
    CHECK(of.count(run_event::kind::started) == 1);
    CHECK(of.count(run_event::kind::restarting) == 2);
    CHECK(of.count(run_event::kind::failed) == 0);
    CHECK(of.count(run_event::kind::ended) == 1);
  });
}

TEST_CASE("a run begins again whichever of its stages fails, and in whichever call on records") {
  struct row {
    bool in_sink;
    const char* call;
  };
  everywhere([](const named_executor& by, lodging how) {
    for (const auto& [in_sink, call] :
         {row{false, "process"}, row{false, "finish"}, row{true, "consume"}, row{true, "flush"}}) {
      CAPTURE(by.name);
      CAPTURE(how);
      CAPTURE(call);
      tries of;
      const auto by_fault = fails(call, 1);
      graph_builder build;
      const auto from = build.add(numbers_for(how, 400, 10));
      auto through = in_sink ? pass_stage() : faulty_pass(by_fault, how, whole());
      auto end = publishing_sink(of.out);
      if (in_sink) {
        end = with_faults(std::move(end), by_fault);
        end.on_failure = whole();
      }
      const auto over = build.add(lodged(std::move(through), how));
      build.connect(from, over).connect(over, build.add(lodged(std::move(end), how)));
      const auto report = run_to_end(by, build.finish(), of.options);
      REQUIRE(report);
      CHECK(report->outcome == run_outcome::complete);
      CHECK(report->imbalances.empty());
      CHECK(report->restarts == 1);
      CHECK(of.out->complete == up_to(400));
    }
  });
}

TEST_CASE("a run that fails too often ends with the first cause and all that followed") {
  everywhere([](const named_executor& by, lodging how) {
    CAPTURE(by.name);
    CAPTURE(how);
    tries of;
    const auto report = run_to_end(by, of.built(fails("process", 99), how, whole(2)), of.options);
    REQUIRE(report);
    CHECK(report->outcome == run_outcome::failed);
    REQUIRE(report->failure);
    CHECK(report->failure->stage == "faulty");
    CHECK(report->failure->history.size() == 3);
    CHECK(report->restarts == 2);
    CHECK(of.out->complete.empty());
    CHECK(of.out->failed == 3);
    CHECK(of.count(run_event::kind::restarting) == 2);
    CHECK(of.count(run_event::kind::failed) == 1);
    CHECK(of.count(run_event::kind::ended) == 1);
  });
}

TEST_CASE("a stage that can't be opened ends the run, and no other try follows") {
  for (const auto& by : all_executors()) {
    CAPTURE(by.name);
    tries of;
    const auto report =
        run_to_end(by, of.built(fails("open", 1), lodging::apart, whole()), of.options);
    REQUIRE(report);
    REQUIRE(report->failure);
    CHECK(report->failure->call == "open");
    CHECK(report->restarts == 0);
    CHECK(of.count(run_event::kind::restarting) == 0);
  }
}

TEST_CASE("a stage whose own policy is another one does not have the run begin again") {
  for (const auto& by : all_executors()) {
    CAPTURE(by.name);
    tries of;
    auto what = of.built(fails("process", 1), lodging::apart, {});
    what.stages[2].on_failure = whole();
    const auto report = run_to_end(by, std::move(what), of.options);
    REQUIRE(report);
    CHECK(report->outcome == run_outcome::failed);
    CHECK(report->restarts == 0);
  }
}

TEST_CASE("a run that waits to begin again ends at once when asked to") {
  for (const auto& by : all_executors())
    for (const bool drains : {true, false}) {
      CAPTURE(by.name);
      CAPTURE(drains);
      tries of;
      happening waits;
      of.options.on_event = [&](const run_event& event) {
        if (event.what == run_event::kind::restarting) waits.happen();
      };
      const auto executor = by.make();
      const auto run = executor->start(
          of.built(fails("process", 99), lodging::apart, whole(3, std::chrono::hours(24))),
          of.options);
      CHECK(!run->wait(machine_clock().now()));
      REQUIRE(waits.wait());
      if (drains)
        run->drain();
      else
        run->abort();
      const auto report = run->wait(machine_clock().now() + hang_limit);
      REQUIRE(report);
      CHECK(report->outcome == (drains ? run_outcome::failed : run_outcome::aborted));
      // What had ended the try before is told, as nothing came of it.
      CHECK(report->failure.has_value() == drains);
      CHECK(of.out->complete.empty());
    }
}

TEST_CASE("a run that is let go of while it waits to begin again ends") {
  for (const auto& by : all_executors()) {
    CAPTURE(by.name);
    tries of;
    happening waits;
    of.options.on_event = [&](const run_event& event) {
      if (event.what == run_event::kind::restarting) waits.happen();
    };
    const auto run = by.make()->start(
        of.built(fails("process", 99), lodging::apart, whole(3, std::chrono::hours(24))),
        of.options);
    REQUIRE(waits.wait());
    CHECK(run->snapshot().restarts <= 1);
  }
}

TEST_CASE("the waits before a run begins again pass in virtual time") {
  tries of;
  const auto executor = make_inline_executor_in_virtual_time();
  const auto run = executor->start(
      of.built(fails("process", 3), lodging::apart, whole(3, std::chrono::minutes(10))),
      of.options);
  const auto report = run->wait(machine_clock().now() + hang_limit);
  REQUIRE(report);
  CHECK(report->outcome == run_outcome::complete);
  CHECK(report->wall >= 3 * std::chrono::minutes(10));
  CHECK(of.out->complete == up_to(400));
}

class forgetful final : public rejected_keeper {
 public:
  explicit forgetful(bool can) : can_(can) {}
  result<void> keep(const chunk& rejected) override {
    kept += rejected.size();
    return {};
  }
  result<void> begin_again() override {
    ++times;
    if (!can_) return failure("write-file", "what was kept can't be forgotten");
    kept = 0;
    return {};
  }

  std::uint64_t kept = 0;
  int times = 0;

 private:
  bool can_;
};

TEST_CASE("what was kept of the rejected is forgotten where the run begins again") {
  for (const bool can : {true, false}) {
    CAPTURE(can);
    tries of;
    const auto keeper = std::make_shared<forgetful>(can);
    auto what = of.built(fails("process", 2), lodging::apart, whole());
    what.keeper = keeper;
    const auto report = run_to_end(all_executors().front(), std::move(what), of.options);
    REQUIRE(report);
    CHECK(keeper->times == (can ? 2 : 1));
    CHECK(report->outcome == (can ? run_outcome::complete : run_outcome::failed));
    if (can) continue;
    REQUIRE(report->failure);
    REQUIRE(!report->failure->history.empty());
    CHECK(report->failure->history.back() ==
          "it could not begin again: what was kept can't be forgotten");
    CHECK(of.count(run_event::kind::failed) == 1);
    CHECK(of.count(run_event::kind::ended) == 1);
  }
}

TEST_CASE("a run that begins again gives all its records once in any order of messages") {
  for (const auto seed : test_seeds(300)) {
    CAPTURE(seed);
    tries of;
    const auto how = all_lodgings[seed % std::size(all_lodgings)];
    const auto executor = make_simulated_executor({.seed = seed, .threads = 2});
    const auto run = executor->start(of.built(fails("process", 1 + static_cast<unsigned>(seed % 3)),
                                              how, whole(3, std::chrono::milliseconds(100))),
                                     of.options);
    const auto report = run->wait(machine_clock().now() + hang_limit);
    REQUIRE(report);
    CHECK(report->outcome == run_outcome::complete);
    CHECK(report->imbalances.empty());
    CHECK(report->restarts == 1 + seed % 3);
    CHECK(of.out->complete == up_to(400));
  }
}

}  // namespace
}  // namespace weir
