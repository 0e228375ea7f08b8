#include "runtime/expression/evaluator.hpp"

#include <doctest/doctest.h>

#include "tests/runtime/expression/evaluate.hpp"

using namespace weir;
using namespace weir::testing;

TEST_CASE("an expression has the value that CEL gives it") {
  struct row {
    const char *text, *value;
  };
  const row rows[] = {
      {"1", "int 1"},
      {"-9223372036854775808", "int -9223372036854775808"},
      {"0x1F", "int 31"},
      {"-0x1F", "int -31"},
      {"42u", "int 42"},
      {"1.5", "double 1.5"},
      {".5", "double 0.5"},
      {"-2.3e+1", "double -23.0"},
      {"true", "true"},
      {"null", "null"},
      {"'a' + \"b\"", "string \"ab\""},
      {"b'\\000\\xff'", "bytes \"AP8=\""},
      {"[]", "[]"},
      {"[1, 2.5, 'x', null, true, [1]]", "[1,2.5,\"x\",null,true,[1]]"},
      {"1 + 2 * 3 - 4", "int 3"},
      {"(1 + 2) * 3", "int 9"},
      {"7 / 2", "int 3"},
      {"-7 / 2", "int -3"},
      {"-7 % 3", "int -1"},
      {"7.0 / 2", "double 3.5"},
      {"1 + 1.5", "double 2.5"},
      {"2 * 1.5", "double 3.0"},
      {"1.0 / 0.0 > 1e308", "true"},
      {"-(1 + 2)", "int -3"},
      {"--1", "int 1"},
      {"!true", "false"},
      {"!!true", "true"},
      {"1 < 2", "true"},
      {"2 <= 1", "false"},
      {"'a' < 'b'", "true"},
      {"b'a' < b'b'", "true"},
      {"false < true", "true"},
      {"1 == 1.0", "true"},
      {"1 != 1.0", "false"},
      {"9007199254740993 == 9007199254740992.0", "false"},
      {"9007199254740993 > 9007199254740992.0", "true"},
      {"1 in [1, 2]", "true"},
      {"1.0 in [1, 2]", "true"},
      {"'c' in ['a', 'b']", "false"},
      {"null in [1, null]", "true"},
      {"null in [1]", "false"},
      {"true ? 1 : 2", "int 1"},
      {"false ? 1 : 'b'", "string \"b\""},
      {"true ? false ? 1 : 2 : 3", "int 2"},
      {"false ? 1 : false ? 2 : 3", "int 3"},
      {"[1, 2, 3][1]", "int 2"},
      {"[1, 2] + [3]", "[1,2,3]"},
      {"[1, 2] == [1.0, 2]", "true"},
      {"[1, 2] == [2, 1]", "false"},
      {"true || false && false", "true"},
      {"1 + 1 == 2 && 2 < 3", "true"},
      {"// a comment\n 1 // another\n + 1", "int 2"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    CHECK(value_of(row.text) == row.value);
  }
}

TEST_CASE("filters pick the records that a condition holds for") {
  const auto over = chunk_of(
      "{\"status\":200,\"ms\":5}\n{\"status\":500,\"ms\":7.5}\n{\"ms\":2000}\n"
      "{\"status\":\"x\",\"ms\":1}\n{\"status\":404}");
  evaluator run(parsed("status >= 500 || ms > 1000"));
  const auto found = run.choose(*over);
  CHECK(found.rows == std::vector<std::uint32_t>{1, 2});
  REQUIRE(found.errors.size() == 1);
  CHECK(found.errors[0].row == 3);
  CHECK(found.errors[0].code == "type-mismatch");
  CHECK(found.errors[0].text == "'>=' does not take string and int");
}
