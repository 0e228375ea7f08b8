#include "runtime/expression/aggregate_expression.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/runtime/expression/evaluate.hpp"

using namespace weir;
using namespace weir::testing;

namespace {

std::string problems_of(std::string_view text) {
  const auto made = aggregate_expression::parse(text);
  if (made) return "none";
  std::string out;
  for (const auto& p : made.error())
    out +=
        fmt::format("{}{}+{} {}: {}", out.empty() ? "" : "\n", p.offset, p.length, p.code, p.text);
  return out;
}

}  // namespace

TEST_CASE("an aggregate expression is split into calls and what is done with their results") {
  const auto made = aggregate_expression::parse(
      "100.0 * sum(int(status >= 500)) / count() + quantile(a.b, 0.99)");
  REQUIRE(made);
  REQUIRE(made->calls.size() == 3);
  CHECK(made->calls[0].function == "sum");
  CHECK(made->calls[0].offset == 8);
  CHECK(made->calls[1].function == "count");
  CHECK_FALSE(made->calls[1].argument);
  CHECK(made->calls[2].function == "quantile");
  CHECK(made->calls[2].parameters == std::vector<double>{0.99});
  REQUIRE(made->calls[2].argument);
  CHECK(to_text(made->calls[2].argument->columns().at(0).path) == "a.b");

  const auto over = chunk_of("{\"status\": 500}\n{\"status\": 200}\n{}");
  evaluator argument(*made->calls[0].argument);
  CHECK(told(argument.evaluate(*over), *over) == "int 1\nint 0\nnull");

  evaluator outer(made->outer);
  const auto results = chunk_of(R"({"#0": 5, "#1": 200, "#2": 0.25})");
  CHECK(told(outer.evaluate(*results), *results) == "double 2.75");
}

TEST_CASE("a problem in an argument is told at its place in the whole text") {
  const auto made = aggregate_expression::parse("count() + sum(statsu)");
  REQUIRE(made);
  known_columns columns;
  columns.fields = {{"status", column_type::int64}};
  columns.complete = true;
  const auto found = check(*made->calls[1].argument, columns).problems;
  REQUIRE(found.size() == 1);
  CHECK(found[0].offset == 14);
}

TEST_CASE("what is no aggregate expression is refused") {
  struct row {
    std::string_view text, problems, neighbour;
  };
  const row rows[] = {
      {"status + 1",
       "0+6 outside-aggregate: column 'status' stands outside of an aggregate function; write "
       "max(status) or the like",
       "max(status) + 1"},
      {"1 + 1",
       "0+5 no-aggregate: an aggregate function is missing; there are 'count', 'sum', 'min', "
       "'max', 'mean' or 'quantile'",
       "count() + 1"},
      {"sum(max(x))", "4+6 nested-aggregate: 'max' stands inside of another aggregate function",
       "sum(x)"},
      {"smu(x)", "0+3 unknown-function: unknown function 'smu'; did you mean 'sum'?", "sum(x)"},
      {"sum()", "0+5 arguments: 'sum' takes 1 argument, found 0; write sum(x)", "sum(x)"},
      {"count(x, y)",
       "0+11 arguments: 'count' takes 1 argument, found 2; write count() or count(x)", "count(x)"},
      {"quantile(x)",
       "0+11 arguments: 'quantile' takes 2 arguments, found 1; write quantile(x, 0.99)",
       "quantile(x, 1)"},
      {"quantile(x, 99)",
       "12+2 arguments: the quantile must be a number from 0 to 1, as in quantile(x, 0.99)",
       "quantile(x, 0)"},
      {"quantile(x, q)",
       "12+1 arguments: the quantile must be a number from 0 to 1, as in quantile(x, 0.99)",
       "quantile(x, 0.5)"},
      {"sum('a' + 1)",
       "4+7 type-mismatch: '+' does not take string and int; write string(x) to join texts",
       "sum(1 + 1)"},
      {"sum(x", "5+1 syntax: ',' or ')' is missing before the end of the expression", "sum(x)"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    CHECK(problems_of(row.text) == row.problems);
    CHECK(problems_of(row.neighbour) == "none");
  }
}
