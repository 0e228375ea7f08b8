#include "runtime/expression/evaluator.hpp"

#include <doctest/doctest.h>

#include "tests/runtime/expression/evaluate.hpp"

using namespace weir;
using namespace weir::testing;

TEST_CASE("an expression has the value that CEL gives it") {
  struct row {
    std::string_view text, value;
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

TEST_CASE("a reference to a column is the column itself, texts of numbers included") {
  const auto over = chunk_of("{\"a\": 1.50}\n{\"a\": 2.0}");
  evaluator run(parsed("a"));
  CHECK(run.evaluate(*over).values.get() == over->find("a"));
  CHECK(evaluated_over("a", *over) == "double 1.50\ndouble 2.0");
  CHECK(evaluated_over("true ? a : 0", *over) == "double 1.50\ndouble 2.0");
  CHECK(evaluated_over("a > 1.75 ? a : a", *over) == "double 1.50\ndouble 2.0");
  CHECK(evaluated_over("a + 0", *over) == "double 1.5\ndouble 2.0");
}

TEST_CASE("only the records of a selection are computed") {
  const auto all = chunk_of("{\"a\": 1}\n{\"a\": \"x\"}\n{\"a\": 3}\n{\"a\": 4}");
  const auto some = select(all, {0, 2});
  evaluator run(parsed("a * 2"));
  const auto found = run.evaluate(*some);
  CHECK(found.errors.empty());
  CHECK(told(found, *some) == "int 2\nint 6");
  CHECK(found.values->size() == 4);
  CHECK(found.values->is_null(1));
  const auto chosen = run.choose(*some);
  CHECK(chosen.rows.empty());
  CHECK(chosen.errors.size() == 2);
}

TEST_CASE("errors are told by ascending row, one a record, with the same text for all storages") {
  const auto over = chunk_of(
      "{\"a\": 1, \"b\": 0}\n{\"a\": 9223372036854775807, \"b\": 1}\n{\"a\": 3, \"b\": \"x\"}\n"
      "{\"a\": \"y\", \"b\": 0}");
  evaluator run(parsed("(int(a) + b) % b"));
  const auto found = run.evaluate(*over);
  REQUIRE(found.errors.size() == 4);
  const char* codes[] = {"division-by-zero", "overflow", "type-mismatch", "conversion"};
  for (std::uint32_t i = 0; i < 4; ++i) {
    CHECK(found.errors[i].row == i);
    CHECK(found.errors[i].code == codes[i]);
  }
  CHECK(found.errors[0].text == "'%' by zero");
  CHECK(found.errors[1].text == "the result of '+' does not fit in 64 bits");
  CHECK(found.errors[2].text == "'+' does not take int and string");
  CHECK(found.errors[3].text == "'y' is not an int");
}

TEST_CASE("one evaluator goes on over chunks of other columns and storage") {
  evaluator run(parsed("a + b"));
  const auto first = chunk_of(R"({"a": 1, "b": 2})");
  const auto second = chunk_of(R"({"b": "x", "a": "y"})");
  const auto third = chunk_of("{\"a\": 1, \"b\": 2.5}\n{\"a\": \"s\", \"b\": \"t\"}");
  CHECK(told(run.evaluate(*first), *first) == "int 3");
  CHECK(told(run.evaluate(*second), *second) == "string \"yx\"");
  CHECK(told(run.evaluate(*third), *third) == "double 3.5\nstring \"st\"");
  CHECK(told(run.evaluate(*first), *first) == "int 3");
  CHECK(run.evaluate(*empty_chunk()).values->size() == 0);
}

TEST_CASE("the place of a record can be named") {
  const auto read = chunk_of("{\"a\": 1}\n{\"a\": 2}");
  CHECK(evaluated_over("_line", *read) == "null\nnull");
  chunk::parts parts = read->all();
  const auto file = std::make_shared<const input_name>(input_name{"logs/access.ndjson"});
  parts.record_places = std::make_shared<const places>(
      places::run{0, file, 1000, 40}, std::vector<places::position>{{0, 0}, {9, 1}});
  const auto placed = make_chunk(std::move(parts));
  CHECK(evaluated_over("_line", *placed) == "int 40\nint 41");
  CHECK(evaluated_over("_offset + a", *placed) == "int 1001\nint 1011");
  CHECK(evaluated_over("_file", *placed) ==
        "string \"logs/access.ndjson\"\nstring \"logs/access.ndjson\"");
}

TEST_CASE("numbers of different kinds are compared exactly, column by column") {
  const auto over = chunk_of(
      "{\"i\": 9007199254740993, \"d\": 9007199254740992.0}\n{\"i\": 2, \"d\": 2.5}\n"
      "{\"i\": -3, \"d\": -2.5}\n{\"i\": 9223372036854775807, \"d\": 9.3e18}\n{\"i\": 4, \"d\": "
      "4.0}");
  CHECK(evaluated_over("i == d", *over) == "false\nfalse\nfalse\nfalse\ntrue");
  CHECK(evaluated_over("i < d", *over) == "false\ntrue\ntrue\ntrue\nfalse");
  CHECK(evaluated_over("d <= i", *over) == "true\nfalse\nfalse\nfalse\ntrue");
  CHECK(evaluated_over("i > 2.5", *over) == "true\nfalse\nfalse\ntrue\ntrue");
  CHECK(evaluated_over("i >= -2.5", *over) == "true\ntrue\nfalse\ntrue\ntrue");
  CHECK(evaluated_over("2.5 != i", *over) == "true\ntrue\ntrue\ntrue\ntrue");
  CHECK(evaluated_over("i < 1e19", *over) == "true\ntrue\ntrue\ntrue\ntrue");
  CHECK(evaluated_over("i > -1e19", *over) == "true\ntrue\ntrue\ntrue\ntrue");
  CHECK(evaluated_over("i < 0.0 / 0.0", *over) == "false\nfalse\nfalse\nfalse\nfalse");
  CHECK(evaluated_over("d == 9007199254740993", *over) == "false\nfalse\nfalse\nfalse\nfalse");
  CHECK(evaluated_over("i in [4.0, 2.5, 9007199254740992.0]", *over) ==
        "false\nfalse\nfalse\nfalse\ntrue");
  CHECK(evaluated_over("d in [4, 2.5]", *over) == "false\ntrue\nfalse\nfalse\ntrue");
}

TEST_CASE("a conditional takes each value from its side, whatever the storage") {
  const auto over = chunk_of(
      R"({"c": true, "s": "the first text, a long one", "t": "the other text, a long one", )"
      R"("i": 1, "j": 2, "d": 0.5, "e": 1.5, "b": true, "m": [1], "k": [2]})"
      "\n"
      R"({"c": false, "s": "the first text, a long one", "t": "the other text, a long one", )"
      R"("i": 1, "j": 2, "d": 0.5, "e": 1.5, "b": true, "m": [1], "k": [2]})"
      "\n"
      R"({"c": null, "s": "the first text, a long one", "i": 1})"
      "\n"
      R"({"c": "x"})");
  CHECK(evaluated_over("c ? s : t", *over) ==
        "string \"the first text, a long one\"\nstring \"the other text, a long one\"\nnull\n"
        "type-mismatch");
  const auto three = slice(over, 0, 3);
  CHECK(evaluated_over("c ? s : t", *three) ==
        "string \"the first text, a long one\"\nstring \"the other text, a long one\"\nnull");
  CHECK(evaluated_over("c == true ? s : t", *over) ==
        "string \"the first text, a long one\"\nstring \"the other text, a long one\"\nnull\nnull");
  CHECK(evaluated_over("c == true ? s : 'a text that is written out'", *three) ==
        "string \"the first text, a long one\"\nstring \"a text that is written out\"\n"
        "string \"a text that is written out\"");
  CHECK(evaluated_over("c == true ? i : j", *three) == "int 1\nint 2\nnull");
  CHECK(evaluated_over("c == true ? i + 0 : 7", *three) == "int 1\nint 7\nint 7");
  CHECK(evaluated_over("c == true ? d + 0 : e + 0", *three) == "double 0.5\ndouble 1.5\nnull");
  CHECK(evaluated_over("c == true ? b : !b", *three) == "true\nfalse\nnull");
  CHECK(evaluated_over("c == true ? m : k", *three) == "[1]\n[2]\nnull");
  CHECK(evaluated_over("c == true ? i : t", *three) ==
        "int 1\nstring \"the other text, a long one\"\nnull");
}

TEST_CASE("the other side of a condition is left alone where it does not matter") {
  std::string lines;
  for (int i = 0; i < 100; ++i) lines += "{\"i\": " + std::to_string(i) + ", \"s\": \"x\"}\n";
  const auto over = chunk_of(lines);
  // Few records need the right side, and it is dear: it is computed for those alone.
  evaluator few(parsed("i >= 98 && int(s) > 0"));
  const auto errors = few.choose(*over).errors;
  REQUIRE(errors.size() == 2);
  CHECK(errors[0].row == 98);
  // Most need it, and it is cheap: it is computed for all, and what nobody asked for is dropped.
  evaluator most(parsed("i < 98 || i % (i - 99) == 0"));
  const auto found = most.choose(*over);
  CHECK(found.rows.size() == 99);
  REQUIRE(found.errors.size() == 1);
  CHECK(found.errors[0].row == 99);
  CHECK(found.errors[0].code == "division-by-zero");
}

TEST_CASE("what stands in several places is one value, and fails only where it is asked for") {
  const auto over = chunk_of(
      "{\"b\": true, \"s\": \"1\"}\n{\"b\": false, \"s\": \"x\"}\n{\"b\": true, \"s\": \"y\"}\n"
      "{\"b\": false, \"s\": \"7\"}");
  CHECK(evaluated_over("b ? int(s) > 0 : int(s) > 8", *over) ==
        "true\nconversion\nconversion\nfalse");
  CHECK(evaluated_over("b && int(s) > 0 && int(s) < 9", *over) == "true\nfalse\nconversion\nfalse");
  CHECK(evaluated_over("(b && int(s) > 0) || size(s) == 1 || int(s) > 5", *over) ==
        "true\ntrue\ntrue\ntrue");
  // First for some records, then for all.
  CHECK(evaluated_over("(b ? int(s) : 0) + int(s)", *over) ==
        "int 2\nconversion\nconversion\nint 7");
  // The same text in another macro is another value.
  CHECK(evaluated_over("[1, 2].map(x, size(s + string(x))) + [3].map(x, size(s + string(x)))",
                       *select(over, {0})) == "[2,2,2]");
}

TEST_CASE("numbers of both kinds in one column are compared and computed exactly") {
  const auto over = chunk_of(
      "{\"n\": 5, \"m\": 7.5}\n{\"n\": 2.5, \"m\": 2}\n{\"m\": 1}\n"
      "{\"n\": 9007199254740993, \"m\": 9007199254740992.0}\n"
      "{\"n\": 9223372036854775807, \"m\": 1}\n{\"n\": -3, \"m\": -3}");
  CHECK(evaluated_over("n > 2.5", *over) == "true\nfalse\nnull\ntrue\ntrue\nfalse");
  CHECK(evaluated_over("n == m", *over) == "false\nfalse\nfalse\nfalse\nfalse\ntrue");
  CHECK(evaluated_over("n > m", *over) == "false\ntrue\nnull\ntrue\ntrue\nfalse");
  CHECK(evaluated_over("n == 9007199254740992.0", *over) ==
        "false\nfalse\nfalse\nfalse\nfalse\nfalse");
  CHECK(evaluated_over("n + m", *over) ==
        "double 12.5\ndouble 4.5\nnull\ndouble 18014398509481984.0\noverflow\nint -6");
  CHECK(evaluated_over("n * 1.0", *over) ==
        "double 5.0\ndouble 2.5\nnull\ndouble 9007199254740992.0\ndouble "
        "9223372036854775808.0\ndouble -3.0");
  CHECK(evaluated_over("m / n > 0", *select(over, {0, 5})) == "true\ntrue");
}

TEST_CASE("what reads no record is computed once, and fails only where it is asked for") {
  const auto over = chunk_of("{\"b\": true, \"l\": [1, 2]}\n{\"b\": false, \"l\": [3]}");
  CHECK(evaluated_over("[1, 2].map(x, x * 2)", *over) == "[2,4]\n[2,4]");
  CHECK(evaluated_over("l.map(x, [1, 2].map(y, y * 2)[0] + x)", *over) == "[3,4]\n[5]");
  CHECK(evaluated_over("l.map(x, [1, 2].map(y, y * x)[1])", *over) == "[2,4]\n[6]");
  CHECK(evaluated_over("l.exists(x, [2].exists(y, [2, 3].exists(z, z == y && y == x)))", *over) ==
        "true\nfalse");
  CHECK(evaluated_over("b || 1 / 0 > 0", *over) == "true\ndivision-by-zero");
  CHECK(evaluated_over("true ? {'a': [1]}.a[0] : 1 / 0", *over) == "int 1\nint 1");
  CHECK(evaluated_over("b ? null : [null].all(x, x)", *over) == "null\nnull");
}

TEST_CASE("texts of few kinds and of many are each treated by themselves") {
  std::string lines;
  for (int i = 0; i < 600; ++i)
    lines += "{\"few\": \"value number " + std::to_string(i % 3) + "\", \"many\": \"text number " +
             std::to_string(i * 7919) + "\", \"first\": \"" + std::to_string(i % 7) +
             "-same end of all\"}\n";
  const auto over = chunk_of(lines);
  for (const char* column : {"few", "many", "first"})
    for (const char* call : {".matches('[1357]$')", ".contains('2')", ".upperAscii()"}) {
      const std::string text = std::string(column) + call;
      CAPTURE(text);
      evaluator run(parsed(text));
      std::string alone;
      for (std::uint32_t row = 0; row < 600; ++row) {
        const auto one = slice(over, row, 1);
        alone += (row > 0 ? "\n" : "") + told(run.evaluate(*one), *one);
      }
      CHECK(told(run.evaluate(*over), *over) == alone);
    }
}
