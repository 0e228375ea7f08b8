// Properties of random graphs under every executor. A seed that fails is told; run it alone with
// WEIR_TEST_SEED=<seed>. A schedule that fails is told with a small graph, and how to run that.

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <atomic>
#include <functional>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "runtime/base/random.hpp"
#include "runtime/executor/simulated_executor.hpp"
#include "tests/support/executors.hpp"
#include "tests/support/pipeline_case.hpp"
#include "tests/support/random_pipeline_result.hpp"
#include "tests/support/test_seeds.hpp"

namespace weir {
namespace {

using namespace weir::testing;

std::uint64_t sum_of(const run_report& report, std::uint64_t edge_report::*what) {
  return std::accumulate(
      report.edges.begin(), report.edges.end(), std::uint64_t{0},
      [&](std::uint64_t sum, const edge_report& edge) { return sum + edge.*what; });
}

// One of each, for all graphs: many runs, one after the other, share an executor. But each
// simulation has a schedule of its own.
struct standing_executor {
  std::string name;
  std::function<std::unique_ptr<run>(graph, std::uint64_t seed)> start;
};
std::vector<standing_executor> standing_executors() {
  std::vector<standing_executor> list;
  for (const auto& by : all_executors())
    list.push_back({by.name, [runs = std::shared_ptr(by.make())](graph what, std::uint64_t seed) {
                      return runs->start(std::move(what), {.seed = seed});
                    }});
  list.push_back(
      {"simulated", [](graph what, std::uint64_t seed) {
         return make_simulated_executor({.seed = seed})->start(std::move(what), {.seed = seed});
       }});
  return list;
}

TEST_CASE("a random graph gives the same records under every executor, and every balance holds") {
  const auto executors = standing_executors();
  for (const auto seed : test_seeds(100))
    for (const auto& by : executors) {
      const auto made = make_random_pipeline(seed);
      CAPTURE(seed);
      CAPTURE(by.name);
      CAPTURE(made.text);
      const auto run = by.start(made.what, seed);
      const auto report = run->wait(machine_clock().now() + hang_limit);
      REQUIRE(report);
      CHECK(wrong_in(made, *report) == "");
    }
}

#ifdef __SANITIZE_ADDRESS__
constexpr std::size_t schedules = 300;  // each takes ten times as long
#else
constexpr std::size_t schedules = 2'000;
#endif

// What is wrong is told of a graph that is as small as can be found.
void check_schedules(bool fails, std::size_t count) {
  std::uint64_t steps = 0;
  std::size_t cases = 0;
  const auto check = [&](const pipeline_case& one) {
    const auto run = run_case(one);
    ++cases;
    steps += run.steps;
    if (run.wrong.empty()) return;
    FAIL_CHECK(fmt::format("seed {}: {}\nshrunk: {}", one.seed, run.wrong, shrink(one).text()));
  };
  if (const auto only = only_case()) {
    if (only->fails == fails) check(*only);
  } else {
    for (const auto seed : test_seeds(count))
      check({.seed = seed, .schedule = seed, .fails = fails});
  }
  tell_soaked(fmt::format("{} random graphs, {} steps", cases, steps));
}

TEST_CASE("a random graph gives the same records under any schedule") {
  check_schedules(false, schedules);
}

TEST_CASE("a random graph whose stages fail by chance gives the same records everywhere") {
  const auto executors = standing_executors();
  std::uint64_t failed = 0;
  for (const auto seed : test_seeds(60))
    for (const auto& by : executors) {
      const auto made = make_failing_pipeline(seed);
      CAPTURE(seed);
      CAPTURE(by.name);
      CAPTURE(made.text);
      const auto run = by.start(made.what, seed);
      const auto report = run->wait(machine_clock().now() + hang_limit);
      REQUIRE(report);
      CHECK(wrong_in(made, *report) == "");
      for (const auto& calls : made.faulty) failed += calls->failed();
    }
  CHECK(failed > 0);
}

TEST_CASE("a random graph whose stages fail by chance gives the same records by any schedule") {
  check_schedules(true, schedules / 2);
}

// Ends a run from within: when its sinks have seen some chunks, once.
class ending {
 public:
  explicit ending(std::uint64_t seed) : left_(static_cast<int>(random_source(seed).below(30))) {}
  /// Whether it is time now.
  bool due() { return left_.fetch_sub(1) == 0; }

 private:
  std::atomic<int> left_;
};

void check_ended_early(bool fails) {
  const auto executors = standing_executors();
  for (const auto seed : test_seeds(50))
    for (const auto& by : executors)
      for (const bool drains : {false, true}) {
        ending end(seed);
        std::atomic<run*> running = nullptr;
        const auto make = fails ? make_failing_pipeline : make_random_pipeline;
        const auto made = make(seed, [&](std::size_t) -> result<void> {
          run* const now = running;
          if (now == nullptr || !end.due()) return {};
          drains ? now->drain() : now->abort();
          return {};
        });
        CAPTURE(seed);
        CAPTURE(by.name);
        CAPTURE(drains);
        CAPTURE(made.text);
        const auto run = by.start(made.what, seed);
        running = run.get();
        const auto report = run->wait(machine_clock().now() + hang_limit);
        running = nullptr;
        REQUIRE(report);
        CAPTURE((report->failure ? report->failure->cause.text : std::string()));
        CAPTURE((report->imbalances.empty() ? std::string() : report->imbalances.front()));
        CHECK(report->imbalances.empty());
        CHECK(report->unfinished.empty());
        const auto ended_as = drains ? run_outcome::drained : run_outcome::aborted;
        const bool as_told = report->outcome == ended_as ||
                             report->outcome == run_outcome::complete || !report->isolated.empty();
        CHECK(as_told);
        CHECK(wrong_in_beginning(made) == "");
        if (drains && made.takes_all) CHECK(sum_of(*report, &edge_report::discarded) == 0);
      }
}

TEST_CASE("a random graph that is drained or aborted at any time ends with every balance held") {
  check_ended_early(false);
}

TEST_CASE("so does one whose stages fail by chance and begin anew") { check_ended_early(true); }

TEST_CASE("a random graph in which a sink fails at any time ends with that cause") {
  const auto executors = standing_executors();
  for (const auto seed : test_seeds(100))
    for (const auto& by : executors) {
      ending end(seed);
      std::atomic<std::size_t> failed = 0;
      std::atomic<bool> any = false;
      const auto made = make_random_pipeline(seed, [&](std::size_t sink) -> result<void> {
        if (!end.due()) return {};
        failed = sink;
        any = true;
        return failure("told", "told to fail");
      });
      CAPTURE(seed);
      CAPTURE(by.name);
      CAPTURE(made.text);
      const auto run = by.start(made.what, seed);
      const auto report = run->wait(machine_clock().now() + hang_limit);
      REQUIRE(report);
      CAPTURE((report->imbalances.empty() ? std::string() : report->imbalances.front()));
      CHECK(report->imbalances.empty());
      CHECK(report->unfinished.empty());
      CHECK(report->failure.has_value() == any);
      if (report->failure) {
        CHECK(report->failure->cause.code == "told");
        CHECK(report->failure->stage == made.sinks[failed].name);
      }
      CHECK(wrong_in_beginning(made) == "");
    }
}

TEST_CASE("a random graph with a dead sink ends when it is asked to, under any schedule") {
  std::uint64_t dead = 0;
  for (const auto seed : test_seeds(200)) {
    const auto made = make_random_pipeline(seed);
    if (made.sinks.empty()) continue;
    random_source random(~seed);
    const auto sink = random.below(static_cast<std::uint32_t>(made.sinks.size()));
    const std::uint64_t dies_at = random.below(400);
    const std::uint64_t ends_at = dies_at + 1 + random.below(400);
    const bool drains = random.below(2) == 0;
    std::uint64_t now = 0;
    const std::string& name = made.sinks[sink].name;
    simulation_options how{.seed = seed, .slow = name};
    how.is_dead = [&] { return now >= dies_at; };
    how.on_step = [&](std::uint64_t step, run& of) {
      now = step;
      if (step == ends_at) drains ? of.drain() : of.abort();
    };
    CAPTURE(seed);
    CAPTURE(name);
    CAPTURE(drains);
    CAPTURE(made.text);
    const auto report =
        make_simulated_executor(std::move(how))->start(made.what, {.seed = seed})->wait().value();
    CAPTURE((report.imbalances.empty() ? std::string() : report.imbalances.front()));
    CHECK(report.imbalances.empty());
    CHECK(wrong_in_beginning(made) == "");
    if (report.unfinished.empty()) continue;
    ++dead;
    CHECK(report.unfinished.size() == 1);
    // It is named by the first of those that share its turns.
    for (const auto& other : made.sinks)
      if (other.name != name) CHECK(report.unfinished.front().stage != other.name);
    // Where all was handled but its end, an abort comes too late to be one.
    CHECK((report.outcome == run_outcome::failed || report.outcome == run_outcome::aborted));
    if (report.failure) {
      const auto& code = report.failure->cause.code;
      CHECK((code == "unfinished" || code == "drain-exceeded"));
    }
  }
  CHECK(dead > 0);
}

}  // namespace
}  // namespace weir
