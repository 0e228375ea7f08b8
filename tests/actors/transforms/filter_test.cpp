#include <doctest/doctest.h>

#include "tests/support/stage_harness.hpp"

namespace weir::testing {
namespace {

TEST_CASE("filter lets the records through for which the expression is true") {
  struct row {
    const char *name, *options, *in, *out;
  };
  const row rows[] = {
      {"a comparison", "{where: status >= 500}", "[{status: 200}, {status: 500}, {status: 503}]",
       "[{status: 500}, {status: 503}]"},
      {"nothing is true", "{where: status > 900}", "[{status: 200}, {status: 500}]", "[]"},
      {"all is true", "{where: status > 100}", "[{status: 200}, {status: 500}]",
       "[{status: 200}, {status: 500}]"},
      {"null counts as no", "{where: status >= 500}", "[{host: a}, {status: 500}, {status: null}]",
       "[{status: 500}]"},
      {"a record that lacks the column, asked for it", "{where: \"!has(status)\"}",
       "[{host: a}, {status: 500}]", "[{host: a}]"},
      {"a nested value", "{where: \"user.name == 'ann'\"}",
       "[{user: {name: ann}, id: 1}, {user: {name: bob}}, {id: 3}]",
       "[{user: {name: ann}, id: 1}]"},
      {"values of several types", "{where: \"x == 1\"}",
       "[{x: 1}, {x: 1.0}, {x: \"1\"}, {x: true}]", "[{x: 1}, {x: 1.0}]"},
      {"no records", "{where: status > 1}", "[]", "[]"},
  };
  for (const auto& row : rows) SUBCASE(row.name) {
      stage_harness stage("filter", row.options);
      CHECK(stage.run(records(row.in)) == records(row.out));
      CHECK(stage.rejected().empty());
    }
}

TEST_CASE("filter rejects the records for which the expression can't be computed") {
  stage_harness stage("filter", "{where: \"100 / n > 10\"}");
  stage.declare({{"n", column_type::int64}});
  CHECK(stage.run(records("[{n: 5}, {n: 0}, {n: 50}, {n: 2}]")) == records("[{n: 5}, {n: 2}]"));
  REQUIRE(stage.rejected().size() == 1);
  CHECK(stage.rejected()[0].code == "division-by-zero");
  CHECK(stage.rejected()[0].record == records("[{n: 0}]").front());
  CHECK(stage.rejected()[0].line == 2);
}

TEST_CASE("filter wants the columns of its condition beside those that are wanted below") {
  const stage_harness stage("filter", "{where: \"a.b > 1 && c\"}");
  column_demand below;
  below.columns = {"d"};
  below.raw_formats = {"ndjson"};
  const auto wanted = stage.configured().demand(0, {below});
  CHECK_FALSE(wanted.all);
  CHECK(wanted.columns == std::set<std::string>{"a", "c", "d"});
  CHECK(wanted.raw_formats == std::set<std::string>{"ndjson"});
}

TEST_CASE("filter refuses a condition that is none, and points at its character") {
  CHECK(option_problems("filter", "{where: status > 1}").empty());
  CHECK(option_problems("filter", "{}").size() == 1);
  const auto found = option_problems("filter", "{where: lenght(host) > 1}");
  REQUIRE(found.size() == 1);
  CHECK(found[0].starts_with("1:9: option 'where': "));
}

}  // namespace
}  // namespace weir::testing
