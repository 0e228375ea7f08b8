// The differences from CEL that Weir states, each with what it is and what it is not.

#include <doctest/doctest.h>

#include "tests/runtime/expression/evaluate.hpp"

using namespace weir;
using namespace weir::testing;

namespace {

// The chunk of `from` whose columns are declared: a type a column.
chunk_ptr declared(const chunk_ptr& from, std::vector<column_type> types) {
  chunk::parts parts = from->all();
  std::vector<field> fields = from->schema().fields();
  for (std::size_t i = 0; i < fields.size(); ++i) fields[i].type = types.at(i);
  parts.columns_schema = std::make_shared<const schema>(std::move(fields));
  return make_chunk(std::move(parts));
}

}  // namespace

TEST_CASE("an int with a double promotes to double") {
  const auto over = chunk_of(R"({"i": 3, "d": 0.5})");
  const text_value rows[] = {
      {"i + d", "double 3.5"}, {"d - i", "double -2.5"}, {"i * d", "double 1.5"},
      {"i > d", "true"},       {"3 == 3.0", "true"},     {"i + 1", "int 4"},
  };
  check_values(*over, rows);
}

TEST_CASE("division of an undeclared number is a fraction, of ints that are known is CEL's") {
  const auto dynamic = chunk_of(R"({"ms": 1500, "per": 1000, "text": "abc"})");
  const text_value open[] = {
      {"ms / 1000", "double 1.5"},
      {"ms / per", "double 1.5"},
      {"1500 / per", "double 1.5"},
      {"(ms + 1 - 1) / 1000", "double 1.5"},
      {"1500 / 1000", "int 1"},
      {"int(ms) / 1000", "int 1"},
      {"size(text) / 2", "int 1"},
      {"ms / 0 > 1e300", "true"},
      {"int(ms) / 0", "division-by-zero"},
      {"ms % 400", "int 300"},
      {"ms * 1.0 / 1000", "double 1.5"},
  };
  check_values(*dynamic, open);
  const auto known =
      declared(dynamic, {column_type::int64, column_type::int64, column_type::string});
  const text_value closed[] = {
      {"ms / 1000", "int 1"},
      {"ms / per", "int 1"},
      {"ms / 1000.0", "double 1.5"},
      {"ms / 0", "division-by-zero"},
  };
  check_values(*known, closed);
}

TEST_CASE("the text of an undeclared number does not change what it divides to") {
  const auto over = chunk_of("{\"ms\": 1500}\n{\"ms\": 1500.0}\n{\"ms\": 1.5e3}");
  CHECK(evaluated_over("ms / 1000", *over) == "double 1.5\ndouble 1.5\ndouble 1.5");
}

TEST_CASE("absent is null, and a missing step of a path is null") {
  const auto over = chunk_of(R"({"a": {"b": [1, null]}, "n": null, "i": 5})");
  const text_value rows[] = {
      {"missing", "null"},      {"missing.x.y", "null"}, {"a.x", "null"},
      {"a.x.y", "null"},        {"a.b.c", "null"},       {"a.b[2]", "null"},
      {"a.b[-1]", "null"},      {"i.x", "null"},         {"i[0]", "null"},
      {"a.b[0]", "int 1"},      {"has(a.b)", "true"},    {"has(a.x)", "false"},
      {"has(a.b[1])", "false"}, {"has(n)", "false"},     {"has(missing)", "false"},
      {"has(i)", "true"},       {"n == null", "true"},   {"missing == n", "true"},
      {"a.x == null", "true"},
  };
  check_values(*over, rows);
}

TEST_CASE("null in is null out, for arithmetic, ordering and functions") {
  const auto over = chunk_of(R"({"n": null, "i": 5, "s": "abc"})");
  const text_value rows[] = {
      {"n + 1", "null"},
      {"1 / n", "null"},
      {"-n", "null"},
      {"n < 1", "null"},
      {"s >= n", "null"},
      {"size(n)", "null"},
      {"n.contains('a')", "null"},
      {"s.contains(n)", "null"},
      {"s.matches(n)", "null"},
      {"int(n)", "null"},
      {"string(n)", "null"},
      {"timestamp(n).getHours()", "null"},
      {"n.x", "null"},
      {"s[n]", "null"},
      {"1 in n", "null"},
  };
  check_values(*over, rows);
}

TEST_CASE("equality and membership take null as a value") {
  const auto over = chunk_of(R"({"n": null, "i": 5, "l": [null, 1]})");
  const text_value rows[] = {
      {"n == null", "true"},    {"n != null", "false"},     {"i == null", "false"},
      {"i != n", "true"},       {"n == n", "true"},         {"n in [1, null]", "true"},
      {"n in [1, 2]", "false"}, {"i in [null, i]", "true"}, {"n in l", "true"},
      {"n in [i]", "false"},
  };
  check_values(*over, rows);
}

TEST_CASE("the logic of conditions has three values") {
  const auto over = chunk_of(R"({"n": null, "t": true, "f": false})");
  const text_value rows[] = {
      {"n && t", "null"},     {"t && n", "null"},     {"n && f", "false"}, {"f && n", "false"},
      {"n || t", "true"},     {"t || n", "true"},     {"n || f", "null"},  {"f || n", "null"},
      {"n && n", "null"},     {"n || n", "null"},     {"!n", "null"},      {"!t", "false"},
      {"n ? 1 : 2", "int 2"}, {"t ? 1 : 2", "int 1"},
  };
  check_values(*over, rows);
}

TEST_CASE("an error does not count where the other side decides") {
  const auto over = chunk_of(R"({"t": true, "f": false, "n": null, "s": "x", "z": 0})");
  const text_value rows[] = {
      {"t || s > 1", "true"},
      {"s > 1 || t", "true"},
      {"f && s > 1", "false"},
      {"s > 1 && f", "false"},
      {"t && s > 1", "type-mismatch"},
      {"s > 1 || f", "type-mismatch"},
      {"n || s > 1", "type-mismatch"},
      {"s > 1 && n", "type-mismatch"},
      {"t || s", "true"},
      {"s || t", "true"},
      {"f || s", "type-mismatch"},
      {"s && t", "type-mismatch"},
      {"t ? 1 : 1 / int(z)", "int 1"},
      {"f ? 1 : 1 / int(z)", "division-by-zero"},
      {"s ? 1 : 2", "type-mismatch"},
      {"1 / int(z) == null", "division-by-zero"},
      {"has(s) && 1 % int(z) == 0", "division-by-zero"},
  };
  check_values(*over, rows);
}

TEST_CASE("odd names stand in backticks") {
  const auto over = chunk_of(R"({"user agent": "x", "a.b": 1, "in": 2, "m": {"x y": 3}})");
  const text_value rows[] = {
      {"`user agent`", "string \"x\""},
      {"`a.b` + 1", "int 2"},
      {"`in` in [2]", "true"},
      {"m.`x y`", "int 3"},
      {"m['x y']", "int 3"},
  };
  check_values(*over, rows);
}

TEST_CASE("timestamps are nanoseconds in 64 bits") {
  const text_value rows[] = {
      {"timestamp('2026-03-01T00:00:00.000000001Z') - timestamp('2026-03-01T00:00:00Z')",
       "duration \"0.000000001s\""},
      {"timestamp('2262-04-11T23:47:16.854775807Z') + duration('1ns')", "overflow"},
      {"timestamp(9223372036)", "timestamp \"2262-04-11T23:47:16Z\""},
      {"timestamp(9223372037)", "overflow"},
  };
  check_values(*chunk_of("{}"), rows);
}

TEST_CASE("there is one kind of integer") {
  const auto over = chunk_of(R"({"i": 1})");
  const text_value rows[] = {
      {"1u", "int 1"},       {"1u == i", "true"},  {"0u - 1u", "int -1"},
      {"-(42u)", "int -42"}, {"uint(i)", "int 1"}, {"uint(-1)", "conversion"},
  };
  check_values(*over, rows);
  CHECK(!expression::parse("18446744073709551615u"));
}

TEST_CASE("a list or map is a JSON value, whatever it is made of") {
  const auto over = chunk_of(R"({"t": "2026-03-01T00:00:00Z", "i": 1})");
  const text_value rows[] = {
      {"[timestamp(t)][0]", "string \"2026-03-01T00:00:00Z\""},
      {"[duration('90s')][0]", "string \"90s\""},
      {"[b'abc'][0]", "string \"YWJj\""},
      {"{'a': duration('90s')}.a", "string \"90s\""},
      // Where the list is only looked into, its items are what they were.
      {"timestamp(t) in [timestamp(t)]", "true"},
      {"[i, 2.0]", "[1,2.0]"},
      {"{string(i): i, 'b': [i]}", "{\"1\":1,\"b\":[1]}"},
      {"{t: 1, t: 2}", "duplicate-key"},
      {"{i: 1}", "type-mismatch"},
      {"{} == {} && {'a': 1, 'b': 2} == {'b': 2.0, 'a': 1}", "true"},
      {"{'a': 1}['a'] + {'a': {'b': 2}}.a.b", "int 3"},
      {"{'a': 1}.b", "null"},
      {"size({'a': 1})", "int 1"},
      {"'a' in {'a': 1}", "true"},
  };
  check_values(*over, rows);
  CHECK(!expression::parse("{1: 'a'}"));
}

TEST_CASE("types are no values but have names") {
  const auto over = chunk_of(R"({"i": 1, "int": 5})");
  const text_value rows[] = {
      {"type(i)", "string \"int\""},
      {"type(i) == int", "true"},
      {"type(i) == 'int'", "true"},
      {"int", "int 5"},
  };
  check_values(*over, rows);
}

TEST_CASE("words that CEL keeps for later are columns") {
  const auto over = chunk_of(R"({"if": 1, "package": "x", "function": null})");
  const text_value rows[] = {
      {"if + 1", "int 2"},
      {"package.size()", "int 1"},
      {"function == null", "true"},
  };
  check_values(*over, rows);
}

TEST_CASE("names are known before the first record") {
  CHECK(!expression::parse("f_unknown(1) || true"));
  CHECK(!expression::parse("true || 1"));
  CHECK(value_of("true || missing") == "true");
}
