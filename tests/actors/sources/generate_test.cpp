#include <doctest/doctest.h>

#include <cmath>
#include <map>

#include "runtime/base/number.hpp"
#include "tests/support/stage_harness.hpp"

namespace weir::testing {
namespace {

using std::chrono::milliseconds;

TEST_CASE("generate makes columns from simple generators") {
  struct row {
    const char *name, *options, *out;
  };
  const row rows[] = {
      {"a counter", "{count: 3, columns: {id: {counter: 5}}}", "[{id: 5}, {id: 6}, {id: 7}]"},
      {"a counter with a step", "{count: 3, columns: {id: {counter: 0, step: -2}}}",
       "[{id: 0}, {id: -2}, {id: -4}]"},
      {"plain values", "{count: 1, columns: {a: x, b: 2, c: 2.5, d: true, e: \"3\"}}",
       "[{a: x, b: 2, c: 2.5, d: true, e: \"3\"}]"},
      {"a clock", "{count: 2, columns: {ts: {clock: \"2026-01-01T00:00:00Z\", step: 250ms}}}",
       "[{ts: \"2026-01-01T00:00:00Z\"}, {ts: \"2026-01-01T00:00:00.250Z\"}]"},
      {"one value", "{count: 2, columns: {a: {one_of: [x]}}}", "[{a: x}, {a: x}]"},
      {"a weight of nothing", "{count: 3, columns: {a: {one_of: [x, y], weights: [0, 1]}}}",
       "[{a: y}, {a: y}, {a: y}]"},
      {"bounds that meet", "{count: 2, columns: {a: {uniform: [7, 7]}}}", "[{a: 7}, {a: 7}]"},
      {"none", "{count: 0, columns: {a: 1}}", "[]"},
  };
  for (const auto& row : rows) SUBCASE(row.name) {
      stage_harness stage("generate", row.options);
      CHECK(stage.run_source() == records(row.out));
    }
}

TEST_CASE("generate draws whole numbers between bounds, and numbers with a point") {
  stage_harness stage("generate",
                      "{count: 2000, columns: {i: {uniform: [1, 3]}, d: {uniform: [0.0, 2]}}}");
  std::map<std::string, int> seen;
  double sum = 0;
  for (const auto& record : stage.run_source()) {
    ++seen[record["i"].text];
    const double d = parse_float64(record["d"].text).value();
    CHECK(d >= 0);
    CHECK(d < 2);
    sum += d;
  }
  CHECK(seen.size() == 3);
  for (const auto& [number, times] : seen) CHECK(times > 500);
  CHECK(std::abs(sum / 2000 - 1) < 0.1);
}

TEST_CASE("generate draws by weight") {
  stage_harness stage("generate",
                      "{count: 4000, columns: {a: {one_of: [x, y, z], weights: [6, 3, 1]}}}");
  std::map<std::string, int> seen;
  for (const auto& record : stage.run_source()) ++seen[record["a"].text];
  CHECK(std::abs(seen["x"] - 2400) < 200);
  CHECK(std::abs(seen["y"] - 1200) < 200);
  CHECK(std::abs(seen["z"] - 400) < 150);
}

TEST_CASE("generate makes the same records from the same seed, others from another") {
  const auto made = [](const char* options) {
    return stage_harness("generate", options).run_source();
  };
  const auto first = made("{preset: access_log, count: 500, seed: 1}");
  CHECK(first == made("{preset: access_log, count: 500, seed: 1}"));
  CHECK(first != made("{preset: access_log, count: 500, seed: 2}"));
  CHECK(first == made("{preset: access_log, count: 500, seed: 1, rate: 40}"));
}

TEST_CASE("generate makes a column the same whichever others are wanted") {
  const stage_harness stage("generate", "{preset: access_log, count: 300, seed: 3}");
  const auto all = stage.start();
  REQUIRE(all->open());
  REQUIRE(all->pull());
  const auto expected = all->sent();
  for (const auto& f : stage.configured().known(0, {}).fields) {
    run_setup setup;
    setup.demands.emplace_back().columns = {f.name};
    const auto run = stage.start(std::move(setup));
    REQUIRE(run->open());
    REQUIRE(run->pull());
    const auto made = run->sent();
    REQUIRE(made.size() == 300);
    for (std::size_t i = 0; i < made.size(); ++i) {
      CHECK(made[i].entries.size() == 1);
      CHECK(made[i][f.name] == expected[i][f.name]);
    }
  }
}

TEST_CASE("generate invents a plausible access log") {
  stage_harness stage("generate", "{preset: access_log, count: 20000, seed: 42}");
  std::map<std::string, int> hosts;
  std::map<std::string, int> paths;
  std::map<std::string, int> statuses;
  double slow_sum = 0;
  double sum = 0;
  int errors = 0;
  std::string last;
  const auto list = stage.run_source();
  REQUIRE(list.size() == 20000);
  CHECK(list.front()["ts"].text.starts_with("2026-01-01T00:00:00"));
  for (const auto& record : list) {
    REQUIRE(record.entries.size() == 8);
    ++hosts[record["host"].text];
    ++paths[record["path"].text];
    ++statuses[record["status"].text];
    const double ms = parse_float64(record["duration_ms"].text).value();
    REQUIRE(ms > 0);
    const bool failed = record["status"].text >= "500";
    (failed ? slow_sum : sum) += ms;
    errors += failed;
    CHECK(record["ts"].text.size() >= 20);
  }
  CHECK(hosts.size() == 12);
  CHECK(hosts["web-01"] > 3 * hosts["web-12"]);
  CHECK(paths.size() > 300);
  CHECK(paths["/"] > 20 * paths["/login"] / 15);
  CHECK(statuses["200"] > 17000);
  CHECK(errors > 150);
  CHECK(errors < 600);
  CHECK(slow_sum / errors > 5 * sum / (20000 - errors));
}

TEST_CASE("generate with a rate makes what is due and asks to be woken") {
  const stage_harness stage("generate", "{rate: 100, columns: {id: {counter: 1}}}");
  const auto run = stage.start();
  REQUIRE(run->open());
  CHECK(run->pull().value() == answer::wait);
  CHECK(run->sent().size() == 1);
  REQUIRE(run->advance(milliseconds(9)));
  CHECK(run->sent().size() == 1);
  REQUIRE(run->advance(milliseconds(1)));
  CHECK(run->sent().size() == 2);
  REQUIRE(run->advance(milliseconds(990)));
  CHECK(run->sent().size() == 101);
  CHECK(run->out().port(0).marks.size() == run->out().port(0).chunks.size());
}

TEST_CASE("generate with a high rate makes records in groups and catches up") {
  const stage_harness stage("generate", "{rate: 100000, columns: {id: {counter: 1}}}");
  const auto run = stage.start();
  REQUIRE(run->open());
  REQUIRE(run->pull());
  REQUIRE(run->advance(milliseconds(100)));
  CHECK(run->out().port(0).chunks.size() == 11);
  CHECK(run->out().records_sent() == 10001);
  run->in().time().advance(std::chrono::seconds(2));
  stage_answer said = answer::more;
  while (*said == answer::more) said = run->pull();
  CHECK(run->out().records_sent() == 210001);
}

TEST_CASE("generate makes nothing more once it is to stop") {
  const stage_harness stage("generate", "{columns: {id: {counter: 1}}}");
  const auto run = stage.start();
  REQUIRE(run->open());
  REQUIRE(run->pull());
  const auto made = run->out().records_sent();
  CHECK(made > 0);
  run->in().stop();
  CHECK(run->pull().value() != answer::end);
  CHECK(run->out().records_sent() == made);
}

TEST_CASE("generate without a rate makes chunks of about 256 KiB") {
  const stage_harness stage("generate", "{preset: access_log}");
  const auto run = stage.start();
  REQUIRE(run->open());
  CHECK(run->pull().value() == answer::more);
  const auto bytes = run->out().port(0).chunks.at(0)->bytes().bytes;
  CHECK(bytes > 200 * 1024);
  CHECK(bytes < 320 * 1024);
}

TEST_CASE("generate refuses options without sense") {
  struct row {
    const char *name, *options, *problem;
  };
  const row rows[] = {
      {"nothing to make", "{count: 1}",
       "1:1: there is nothing to make; give 'preset' or 'columns'"},
      {"a column of the preset", "{preset: access_log, columns: {host: x}}",
       "1:32: option 'columns': the preset makes a column 'host' too"},
      {"an unknown preset", "{preset: acces_log}",
       "1:10: option 'preset': 'acces_log' is not 'none' or 'access_log'; did you mean "
       "'access_log'?"},
      {"an unknown generator", "{columns: {a: {unifrom: [1, 2]}}}",
       "1:15: option 'columns', 'a': a map is no generator; a generator is a value, "
       "'{counter: 1}', '{uniform: [0, 100]}', '{one_of: [a, b]}' or '{clock: "
       "\"2026-01-01T00:00:00Z\", step: 1s}'"},
      {"an option of another generator", "{columns: {a: {counter: 1, weights: [1]}}}",
       "1:28: option 'columns', 'a': unknown option 'weights'"},
      {"one bound", "{columns: {a: {uniform: [1]}}}",
       "1:25: option 'columns', 'a': 'uniform' takes two numbers, as in '[0, 100]'"},
      {"bounds the wrong way", "{columns: {a: {uniform: [2, 1]}}}",
       "1:25: option 'columns', 'a': the least, 2, is above the most, 1"},
      {"values of several types", "{columns: {a: {one_of: [1, x]}}}",
       "1:24: option 'columns', 'a': the values of a column have one type; put numbers among texts "
       "in quotes"},
      {"weights for others", "{columns: {a: {one_of: [x, y], weights: [1]}}}",
       "1:41: option 'columns', 'a': 1 weights for 2 values"},
      {"weights of nothing", "{columns: {a: {one_of: [x, y], weights: [0, 0]}}}",
       "1:41: option 'columns', 'a': the weights add up to 0"},
      {"a rate of nothing", "{rate: 0, columns: {a: 1}}",
       "1:8: option 'rate': 0 is not between 0.001 and 1000000000"},
  };
  for (const auto& row : rows) SUBCASE(row.name) {
      CHECK(problem_text("generate", row.options) == row.problem);
    }
  CHECK(option_problems("generate", "{columns: {a: {clock: yesterday}}}").size() == 1);
  CHECK(option_problems("generate", "{columns: {a: {uniform: [1, 2]}}}").empty());
  CHECK(option_problems("generate", "{columns: {a: {one_of: [1, 2.5]}}}").empty());
}

}  // namespace
}  // namespace weir::testing
