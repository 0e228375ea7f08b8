// Every call of every kind of stage fails in every way, and the run ends as it should.

#include <doctest/doctest.h>

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/support/executors.hpp"
#include "tests/support/number_stages.hpp"
#include "tests/support/threads_alive.hpp"
#include "tests/support/watched_stages.hpp"

namespace weir {
namespace {

using namespace weir::testing;

constexpr unsigned chunks = 5;
// The stages of the graph below.
const char* const all_stages[] = {"source", "transform", "sink", "witness"};
const char* const all_sinks[] = {"sink", "witness"};

struct seen_run {
  std::optional<run_report> report;
  std::size_t failures_told = 0;
};

// Each stage with an actor of its own, with a thread of its own, or all in one.
enum class lodging : std::uint8_t { apart, blocking, fused };
constexpr lodging all_lodgings[] = {lodging::apart, lodging::blocking, lodging::fused};

// One way through a transform to a sink, and but for fused stages, which nobody else may read, one
// straight to another, both with little credit.
seen_run run_watched(const named_executor& by, const std::shared_ptr<watch>& seen, lodging how) {
  graph_builder build;
  const bool blocking = how == lodging::blocking;
  auto from = watched_source(seen, blocking, chunks);
  auto through = watched_transform(seen, blocking);
  auto to = watched_sink(seen, blocking);
  for (made_stage* stage : {&from, &through, &to}) {
    stage->credit.chunks = 2;
    stage->never_waits = stage->cheap = how == lodging::fused;
  }
  const auto a = build.add(from);
  const auto b = build.add(through);
  const auto c = build.add(to);
  build.connect(a, b).connect(b, c);
  if (how != lodging::fused) {
    auto witness = watched_sink(seen, false, "witness");
    witness.credit.chunks = 2;
    build.connect(a, build.add(witness));
  }
  seen_run run;
  run_options options;
  options.on_event = [&](const run_event& event) {
    if (event.what == run_event::kind::failed) ++run.failures_told;
  };
  run.report = run_to_end(by, build.finish(), options);
  return run;
}

std::string expected_text(failing how) {
  switch (how) {
    case failing::with_an_error:
      return "told to fail";
    case failing::with_an_exception:
      return "the stage threw: told to fail";
    case failing::with_something_else:
      return "the stage threw something that is no std::exception";
    case failing::for_lack_of_memory:
      return "the system gives no more memory";
  }
  return {};
}

std::string expected_code(const watch::fault& fault) {
  if (fault.how == failing::for_lack_of_memory) return "no-memory";
  return fault.how == failing::with_an_error && fault.call != "close" ? "told" : "exception";
}

void check_lives(const watch& seen, const watch::fault& fault) {
  for (const char* stage : all_stages) {
    CAPTURE(stage);
    CHECK(seen.count(stage, "open") <= 1);
    CHECK(seen.count(stage, "close") == seen.count(stage, "open"));
  }
  // A failure at the very end comes after others were told that all went well.
  const char* told = fault.call == "settle" ? "complete" : "failed";
  for (const char* sink : all_sinks) {
    CAPTURE(sink);
    CHECK(seen.count(sink, told) == seen.count(sink, "open"));
    CHECK(seen.count(sink, "settle") == seen.count(sink, "open"));
  }
  CHECK(seen.all_before("close", told));
  // The failed stage was called no more, but for its end.
  const auto calls = seen.calls(fault.stage);
  REQUIRE(seen.count(fault.stage, fault.call) >= fault.at);
  CHECK(seen.count(fault.stage, fault.call) == fault.at);
  auto last_work = calls.end();
  while (last_work != calls.begin() &&
         (last_work[-1] == "settle" || last_work[-1] == told || last_work[-1] == "close"))
    --last_work;
  if (fault.call != "close" && fault.call != "settle") {
    REQUIRE(last_work != calls.begin());
    CHECK(last_work[-1] == fault.call);
  }
}

void check_failed_run(const named_executor& by, const watch::fault& fault, lodging how) {
  CAPTURE(by.name);
  CAPTURE(fault.stage);
  CAPTURE(fault.call);
  CAPTURE(fault.at);
  CAPTURE(expected_text(fault.how));
  CAPTURE(how);
  const auto threads = threads_alive();
  const auto seen = std::make_shared<watch>(fault);
  const auto run = run_watched(by, seen, how);
  REQUIRE(run.report);
  CHECK(run.report->outcome == run_outcome::failed);
  REQUIRE(run.report->failure);
  CHECK(run.report->failure->stage == fault.stage);
  CHECK(run.report->failure->call == fault.call);
  CHECK(run.report->failure->cause.text == expected_text(fault.how));
  CHECK(run.report->failure->cause.code == expected_code(fault));
  CHECK(run.failures_told == 1);
  CHECK(run.report->imbalances.empty());
  CHECK(run.report->unfinished.empty());
  check_lives(*seen, fault);
  CHECK(seen->chunks_alive() == 0);
  CHECK(threads_fall_to(threads));
}

// All ways to fail, at the first, a middle and the last chunk where the call is one of many.
void check_failing_call(const char* stage, const char* call, bool once) {
  std::vector<unsigned> places{1};
  if (!once) places = {1, (chunks + 1) / 2, chunks};
  for (const auto& by : all_executors())
    for (const auto lodged : all_lodgings)
      for (const unsigned at : places)
        for (const auto how : {failing::with_an_error, failing::with_an_exception,
                               failing::with_something_else, failing::for_lack_of_memory}) {
          // It differs from other exceptions in what is told alone.
          if (how == failing::for_lack_of_memory && at > 1) continue;
          // `close` can't return an error.
          if (how == failing::with_an_error && call == std::string("close")) continue;
          check_failed_run(by, {stage, call, at, how}, lodged);
        }
}

TEST_CASE("a run in which nobody fails calls everybody and settles as complete") {
  for (const auto& by : all_executors())
    for (const auto how : all_lodgings) {
      CAPTURE(by.name);
      CAPTURE(how);
      const auto seen = std::make_shared<watch>();
      const auto run = run_watched(by, seen, how);
      REQUIRE(run.report);
      CHECK(run.report->outcome == run_outcome::complete);
      CHECK(run.failures_told == 0);
      CHECK(run.report->imbalances.empty());
      for (const char* stage : all_stages) {
        const bool there = how != lodging::fused || stage != std::string("witness");
        CHECK(seen->count(stage, "open") == (there ? 1 : 0));
        CHECK(seen->count(stage, "close") == (there ? 1 : 0));
      }
      CHECK(seen->count("source", "pull") == chunks);
      for (const char* call : {"process", "on_mark"})
        CHECK(seen->count("transform", call) == chunks);
      CHECK(seen->count("transform", "resume") == chunks + 1);  // once for `finish`
      CHECK(seen->count("transform", "finish") == 1);
      for (const char* call : {"consume", "resume", "on_mark"})
        CHECK(seen->count("sink", call) == chunks);
      for (const char* sink : all_sinks) {
        if (seen->count(sink, "open") == 0) continue;
        CHECK(seen->count(sink, "flush") == 1);
        CHECK(seen->count(sink, "complete") == 1);
        CHECK(seen->calls(sink).back() == "settle");
      }
      CHECK(seen->chunks_alive() == 0);
    }
}

TEST_CASE("a source that fails ends the run with its cause") {
  SUBCASE("in open") { check_failing_call("source", "open", true); }
  SUBCASE("in pull") { check_failing_call("source", "pull", false); }
  SUBCASE("in close") { check_failing_call("source", "close", true); }
}

TEST_CASE("a transform that fails ends the run with its cause") {
  SUBCASE("in open") { check_failing_call("transform", "open", true); }
  SUBCASE("in process") { check_failing_call("transform", "process", false); }
  SUBCASE("in resume") { check_failing_call("transform", "resume", false); }
  SUBCASE("in on_mark") { check_failing_call("transform", "on_mark", false); }
  SUBCASE("in finish") { check_failing_call("transform", "finish", true); }
  SUBCASE("in close") { check_failing_call("transform", "close", true); }
}

TEST_CASE("a sink that fails ends the run with its cause") {
  SUBCASE("in open") { check_failing_call("sink", "open", true); }
  SUBCASE("in consume") { check_failing_call("sink", "consume", false); }
  SUBCASE("in resume") { check_failing_call("sink", "resume", false); }
  SUBCASE("in on_mark") { check_failing_call("sink", "on_mark", false); }
  SUBCASE("in flush") { check_failing_call("sink", "flush", true); }
  SUBCASE("in close") { check_failing_call("sink", "close", true); }
  SUBCASE("in settle") { check_failing_call("sink", "settle", true); }
}

TEST_CASE("a stage that can't even be made fails like one that can't be opened") {
  for (const auto& by : all_executors())
    for (const auto kind : {stage_kind::source, stage_kind::transform, stage_kind::sink}) {
      CAPTURE(by.name);
      const auto seen = std::make_shared<watch>();
      made_stage stages[] = {watched_source(seen, false, chunks), watched_transform(seen, false),
                             watched_sink(seen, false)};
      made_stage& broken = stages[static_cast<std::size_t>(kind)];
      broken.make = []() -> configured_stage::instance { throw std::runtime_error("no room"); };
      graph_builder build;
      for (const auto& stage : stages) build.add(stage);
      build.connect(0, 1).connect(1, 2);
      const auto report = run_to_end(by, build.finish());
      REQUIRE(report);
      REQUIRE(report->failure);
      CHECK(report->failure->stage == broken.name);
      CHECK(report->failure->call == "open");
      CHECK(report->failure->cause.text == "the stage threw: no room");
      CHECK(report->imbalances.empty());
      for (const auto& stage : stages)
        CHECK(seen->count(stage.name, "close") == seen->count(stage.name, "open"));
    }
}

TEST_CASE("what a failed call had in its hand is held, and not left out by the stage") {
  class choosy final : public transform {
   public:
    stage_answer process(port_number, const chunk_ptr& records, outlet& out) override {
      if (++calls_ == 3) return failure("told", "told to fail");
      out.emit(records);
      return answer::wait;
    }

   private:
    int calls_ = 0;
  };
  for (const auto& by : all_executors()) {
    CAPTURE(by.name);
    graph_builder build;
    made_stage choose{.name = "choose", .ledger = ledger_kind::filters};
    choose.make = []() -> configured_stage::instance {
      return std::unique_ptr<transform>(std::make_unique<choosy>());
    };
    const auto at = build.add(choose);
    build.connect(build.add(numbers_source(0, 10)), at).connect(at, build.add(ignoring_sink()));
    const auto report = run_to_end(by, build.finish());
    REQUIRE(report.has_value());
    const auto& figures = report->stages.front();
    CHECK(figures.received == 30);
    CHECK(figures.passed == 20);
    CHECK(figures.held == 10);
    CHECK(figures.filtered == 0);
    CHECK(report->imbalances.empty());
  }
}

TEST_CASE("a stage that throws when it is asked for its next input fails like any other") {
  class undecided final : public transform {
   public:
    stage_answer process(port_number, const chunk_ptr& records, outlet& out) override {
      seen_ = true;
      out.emit(records);
      return answer::wait;
    }
    port_number next_input() const override {
      if (seen_) throw std::runtime_error("which one");
      return 0;
    }

   private:
    bool seen_ = false;
  };
  for (const auto& by : all_executors()) {
    CAPTURE(by.name);
    graph_builder build;
    made_stage join{.name = "join", .inputs = {"left", "right"}, .order = input_order::chosen};
    join.make = []() -> configured_stage::instance {
      return std::unique_ptr<transform>(std::make_unique<undecided>());
    };
    const auto at = build.add(join);
    build.connect(build.add(numbers_source(0, 10)), at, 0, 0);
    auto other = numbers_source(0, 10);
    other.name = "other";
    build.connect(build.add(other), at, 0, 1).connect(at, build.add(ignoring_sink()));
    const auto report = run_to_end(by, build.finish());
    REQUIRE(report.has_value());
    REQUIRE(report->failure.has_value());
    CHECK(report->failure->stage == "join");
    CHECK(report->failure->call == "process");
    CHECK(report->failure->cause.text == "the stage threw: which one");
  }
}

TEST_CASE("a failure on a chunk that was read names where the chunk begins") {
  class reading final : public source {
   public:
    stage_answer pull(outlet& out) override {
      const auto input = std::make_shared<input_name>(input_name{"in.ndjson"});
      auto parts = numbers_chunk(0, 3)->all();
      parts.record_places = std::make_shared<const places>(
          places::run{0, input, 100, 7}, std::vector<places::position>{{0, 0}, {10, 1}, {20, 2}});
      out.emit(select(make_chunk(std::move(parts)), {1, 2}));
      return answer::end;
    }
  };
  for (const auto& by : all_executors()) {
    CAPTURE(by.name);
    const auto seen = std::make_shared<watch>(watch::fault{"sink", "consume"});
    made_stage from{.name = "reading", .kind = stage_kind::source};
    from.make = []() -> configured_stage::instance {
      return std::unique_ptr<source>(std::make_unique<reading>());
    };
    graph_builder build;
    const auto a = build.add(from);
    const auto b = build.add(watched_sink(seen, false));
    build.connect(a, b);
    const auto report = run_to_end(by, build.finish());
    REQUIRE(report);
    REQUIRE(report->failure);
    CHECK(report->failure->where == "the chunk that begins at in.ndjson:8");
  }
}

}  // namespace
}  // namespace weir
