#include <doctest/doctest.h>

#include "tests/support/stage_harness.hpp"

namespace weir::testing {
namespace {

constexpr const char* errors_and_slow = "{routes: {errors: status >= 500, slow: ms > 1000}}";

TEST_CASE("route sends each record through the port of the first condition that is true") {
  stage_harness stage("route", errors_and_slow);
  CHECK(stage.configured().outputs() == std::vector<std::string>{"errors", "slow", "other"});
  stage.run(
      records("[{id: 1, status: 500, ms: 2000}, {id: 2, status: 200, ms: 2000},"
              " {id: 3, status: 200, ms: 1}, {id: 4, status: 503}, {id: 5}]"));
  CHECK(stage.sent("errors") == records("[{id: 1, status: 500, ms: 2000}, {id: 4, status: 503}]"));
  CHECK(stage.sent("slow") == records("[{id: 2, status: 200, ms: 2000}]"));
  CHECK(stage.sent("other") == records("[{id: 3, status: 200, ms: 1}, {id: 5}]"));
  CHECK(stage.rejected().empty());
}

TEST_CASE("route tries no further condition on a record that has found its port") {
  stage_harness stage("route", "{routes: {zero: n == 0, large: 100 / n < 10}}");
  stage.declare({{"n", column_type::int64}});
  stage.run(records("[{n: 0}, {n: 50}, {n: 5}]"));
  CHECK(stage.sent("zero") == records("[{n: 0}]"));
  CHECK(stage.sent("large") == records("[{n: 50}]"));
  CHECK(stage.sent("other") == records("[{n: 5}]"));
  CHECK(stage.rejected().empty());
}

TEST_CASE("route rejects a record for which a condition can't be computed, once") {
  stage_harness stage("route", "{routes: {large: 100 / n < 10, small: 100 / n > 90}}");
  stage.declare({{"n", column_type::int64}});
  stage.run(records("[{n: 50}, {n: 0}, {n: 5}, {n: 1}]"));
  CHECK(stage.sent("large") == records("[{n: 50}]"));
  CHECK(stage.sent("small") == records("[{n: 1}]"));
  CHECK(stage.sent("other") == records("[{n: 5}]"));
  REQUIRE(stage.rejected().size() == 1);
  CHECK(stage.rejected()[0].record == records("[{n: 0}]").front());
}

TEST_CASE("route rejects records in their order, whichever condition refuses them") {
  stage_harness stage("route", "{routes: {a: 10 / n > 5, b: 10 / m > 5}}");
  stage.declare({{"n", column_type::int64}, {"m", column_type::int64}});
  stage.run(records("[{n: 5, m: 0}, {n: 0, m: 1}, {n: 5, m: 0}, {n: 1, m: 0}, {n: 0, m: 0}]"));
  REQUIRE(stage.rejected().size() == 4);
  CHECK(stage.rejected()[0].line == 1);
  CHECK(stage.rejected()[1].line == 2);
  CHECK(stage.rejected()[2].line == 3);
  CHECK(stage.rejected()[3].line == 5);
}

TEST_CASE("route refuses ports that can't be named") {
  struct row {
    const char *name, *options, *problem;
  };
  const row rows[] = {
      {"no routes", "{routes: {}}",
       "1:10: option 'routes': there is no route; write a name and a condition, as in 'errors: "
       "\"status >= 500\"'"},
      {"a reserved name", "{routes: {other: a > 1}}",
       "1:11: option 'routes': 'other' is a port that every route has; choose another name"},
      {"a name that is none", "{routes: {Errors: a > 1}}",
       "1:11: option 'routes': 'Errors' is not a name; names begin with a letter a to z, then "
       "letters, digits, '_' and '-'"},
      {"not a map", "{routes: a > 1}",
       "1:10: option 'routes': 'a > 1' is not a map of names to expressions"},
  };
  for (const auto& row : rows) SUBCASE(row.name) {
      CHECK(problem_text("route", row.options) == row.problem);
    }
  CHECK(option_problems("route", errors_and_slow).empty());
}

}  // namespace
}  // namespace weir::testing
