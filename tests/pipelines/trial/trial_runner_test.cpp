#include "pipelines/trial/trial_runner.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <optional>

#include "tests/pipelines/trial/trials.hpp"

namespace weir::testing {
namespace {

constexpr const char* filter = R"(weir: 1
stages:
  - {name: in, type: read_file, path: a.ndjson}
  - {type: filter, where: n > 1}
  - {type: print}
tests:
  - {name: right, input: {in: [{n: 1}, {n: 2}]}, output: {print: [{n: 2}]}}
  - {name: wrong, input: {in: [{n: 1}, {n: 2}]}, output: {print: [{n: 3}]}}
)";

// Which two of three records come first is left to the schedule.
constexpr const char* race = R"(weir: 1
stages:
  - {name: a, type: read_file, path: a.ndjson}
  - {name: b, type: read_file, path: b.ndjson}
  - {type: head, from: [a, b], count: 2}
  - {type: print}
tests:
  - {name: a is faster, input: {a: [{n: 1}, {n: 2}], b: [{n: 3}]}, output: {head: [{n: 1}, {n: 2}]}}
)";

}  // namespace

TEST_CASE("a test runs in every way, and once more for each seed") {
  trial_runner runner;
  const auto trials = trials_of(filter);
  const auto plain = runner.run(trials[0]);
  CHECK(plain.passed());
  // Inline, and actors with 1, 2 and 8 threads; chunks of five sizes, two of them with few columns
  // as well, and once with little credit.
  CHECK(plain.runs == 4 * (5 + 2 + 1));
  const auto seeded = runner.run(trials[0], {.seeds = 5});
  CHECK(seeded.passed());
  CHECK(seeded.runs == plain.runs + 5);
  const auto one = runner.run(trials[0], {.only_seed = 18'446'744'073'709'551'615U});
  CHECK(one.passed());
  CHECK(one.runs == 1);
}

TEST_CASE("a difference that every run shows is told once") {
  trial_runner runner;
  const auto trials = trials_of(filter);
  const auto all = runner.run(trials[1], {.seeds = 3});
  REQUIRE(all.failures.size() == 1);
  CHECK(all.failures[0].ways == all.runs);
  CHECK(all.failures[0].way == "inline, all records in one chunk");
  CHECK_FALSE(all.failures[0].seed);
  CHECK(all.failures[0].text.starts_with("'print': record 1 differs"));
}

TEST_CASE("a test asks for random schedules itself") {
  auto text = std::string(filter);
  text.replace(text.find("name: right,"), 12, "name: right, seeds: 4,");
  trial_runner runner;
  const auto trials = trials_of(text);
  CHECK(trials[0].test().seeds == 4);
  CHECK(runner.run(trials[0]).runs == 32 + 4);
  CHECK(runner.run(trials[0], {.seeds = 0}).runs == 32);
}

TEST_CASE("what only some schedules show is told with a seed that shows it again") {
  const auto trials = trials_of(race);
  trial_runner runner;
  std::optional<std::uint64_t> good, bad;
  for (std::uint64_t seed = 1; seed <= 50; ++seed)
    (runner.run(trials[0], {.only_seed = seed}).passed() ? good : bad) = seed;
  REQUIRE(good);
  REQUIRE(bad);
  for (int i = 0; i < 3; ++i) {
    CHECK(runner.run(trials[0], {.only_seed = good}).passed());
    const auto failed = runner.run(trials[0], {.only_seed = bad});
    REQUIRE(failed.failures.size() == 1);
    CHECK(failed.failures[0].seed == bad);
    CHECK(failed.failures[0].way.starts_with(fmt::format("simulated, seed {}, ", *bad)));
    CHECK(failed.failures[0].text.find("+ {\"n\":3}") != std::string::npos);
  }
}

TEST_CASE("nobody waits for timers: a test that would take hours takes none") {
  const auto trials = trials_of(R"(weir: 1
stages:
  - {name: made, type: generate, rate: 0.001, count: 4, columns: {n: {counter: 0}}}
  - {type: rechunk, records: 3, linger: 1h}
  - {type: print}
tests:
  - {name: four, output: {print: [{n: 0}, {n: 1}, {n: 2}, {n: 3}]}}
  - {name: three, output: {print: [{n: 0}, {n: 1}, {n: 2}]}}
)");
  trial_runner runner;
  // A run that waited would be ended after `trial_time_max`, and fail.
  const auto four = runner.run(trials[0]);
  CHECK(four.passed());
  // Actors would wait by the machine's clock; random schedules stand in for them.
  CHECK(four.runs == 32);
  const auto three = runner.run(trials[1]);
  REQUIRE(three.failures.size() == 1);
  CHECK(three.failures[0].ways == three.runs);
}

TEST_CASE("it is the same time of day in every run") {
  const auto trials = trials_of(R"(weir: 1
stages:
  - {name: in, type: read_file, path: a.ndjson}
  - {type: filter, where: n > 1}
  - {type: print}
tests:
  - name: refused at a time that is known
    seeds: 10
    input: {in: [{n: x}]}
    output: {filter.rejected: [{time: "2026-01-01T00:00:00Z"}]}
)");
  const auto all = trial_runner().run(trials[0]);
  CHECK(all.passed());
  CHECK(all.runs == 42);
}

TEST_CASE("a source without end fails the test instead of filling memory, and is not run again") {
  const auto trials = trials_of(R"(weir: 1
stages:
  - {type: generate, columns: {n: {counter: 0}}}
  - {type: print}
tests:
  - {name: endless, output: {print: {any: n == 5}}}
)");
  const auto all = trial_runner().run(trials[0], {.seeds = 10});
  CHECK(all.runs == 1);
  REQUIRE(all.failures.size() == 1);
  CHECK(all.failures[0].text ==
        "'print' failed: more than 64MiB of records came, and a test keeps no more");
}

TEST_CASE("what stands in for a sink does not take over what the sink does when it fails") {
  const auto trials = trials_of(R"(weir: 1
stages:
  - {type: generate, columns: {n: {counter: 0}}}
  - {name: out, type: write_file, path: out.ndjson, on_failure: skip}
tests:
  - {name: endless, output: {out: {any: n == 5}}}
)");
  const auto all = trial_runner().run(trials[0]);
  REQUIRE(!all.failures.empty());
  CHECK(all.failures[0].text.starts_with("'out' failed: more than 64MiB of records came"));
}

}  // namespace weir::testing
