#include <doctest/doctest.h>

#include "tests/runtime/expression/evaluate.hpp"

using namespace weir;
using namespace weir::testing;

TEST_CASE("numbers are compared, rounded and taken apart") {
  const auto over = chunk_of(
      R"({"i": -7, "d": 2.5, "n": null, "s": "x", "l": [3, 1.5, 2], "e": [], "bad": [1, "x"],)"
      R"( "least": -9223372036854775808})");
  const text_value rows[] = {
      {"math.greatest(1)", "int 1"},
      {"math.greatest(i, d)", "double 2.5"},
      {"math.greatest(3, d, 1)", "int 3"},
      {"math.greatest(1, 1.0)", "int 1"},
      {"math.greatest(l)", "int 3"},
      {"math.least(l)", "double 1.5"},
      {"math.least(i, d)", "int -7"},
      {"math.least(9007199254740993, 9007199254740992.0)", "double 9007199254740992.0"},
      {"math.greatest(e)", "out-of-range"},
      {"math.greatest(bad)", "type-mismatch"},
      {"math.greatest(l, 1)", "type-mismatch"},
      {"math.greatest(i, n)", "null"},
      {"math.greatest(i, s)", "type-mismatch"},
      {"math.abs(i)", "int 7"},
      {"math.abs(-2.5)", "double 2.5"},
      {"math.abs(least)", "overflow"},
      {"math.abs(s)", "type-mismatch"},
      {"math.sign(i)", "int -1"},
      {"math.sign(0)", "int 0"},
      {"math.sign(d)", "double 1.0"},
      {"math.sign(-0.5)", "double -1.0"},
      {"math.ceil(d)", "double 3.0"},
      {"math.ceil(i)", "double -7.0"},
      {"math.floor(-2.5)", "double -3.0"},
      {"math.round(d)", "double 3.0"},
      {"math.round(-2.5)", "double -3.0"},
      {"math.round(2.4999)", "double 2.0"},
      {"math.trunc(-2.9)", "double -2.0"},
      {"math.sqrt(49)", "double 7.0"},
      {"math.isNaN(math.sqrt(-1.0))", "true"},
      {"math.isNaN(i)", "false"},
      {"math.isInf(1.0 / 0.0)", "true"},
      {"math.isInf(d)", "false"},
      {"math.isFinite(d)", "true"},
      {"math.isFinite(0.0 / 0.0)", "false"},
      {"math.isNaN(math.sign(0.0 / 0.0))", "true"},
      {"math.round(n)", "null"},
      {"math.bitAnd(6, 3)", "int 2"},
      {"math.bitOr(6, 3)", "int 7"},
      {"math.bitXor(6, 3)", "int 5"},
      {"math.bitNot(1)", "int -2"},
      {"math.bitShiftLeft(1, 62)", "int 4611686018427387904"},
      {"math.bitShiftLeft(1, 64)", "int 0"},
      {"math.bitShiftLeft(1, -1)", "out-of-range"},
      {"math.bitShiftRight(1024, 2)", "int 256"},
      {"math.bitShiftRight(-1024, 3)", "int 2305843009213693824"},
      {"math.bitAnd(i, d)", "type-mismatch"},
  };
  check_values(*over, rows);
}

TEST_CASE("the kind of a number goes through what keeps it") {
  const auto kind_of = [](std::string_view text) {
    known_columns columns{{{"i", column_type::int64}, {"d", column_type::float64}}, true};
    return name_of(check(parsed(text), columns).type);
  };
  CHECK(kind_of("math.abs(i)") == "int");
  CHECK(kind_of("math.abs(d)") == "double");
  CHECK(kind_of("math.greatest(i, i, 3)") == "int");
  CHECK(kind_of("math.greatest(i, d)") == "dynamic");
  CHECK(kind_of("math.greatest([i, d])") == "dynamic");
  CHECK(kind_of("math.floor(i)") == "double");
  CHECK(kind_of("dyn(i)") == "dynamic");
  CHECK(kind_of("type(i)") == "string");
}

TEST_CASE("types and conversions that records have no column type for") {
  const auto over = chunk_of(
      R"({"i": 5, "d": 1.5, "s": "a", "b": true, "n": null, "l": [1], "m": {"k": 1}, "neg": -1,)"
      R"( "int": 3})");
  const text_value rows[] = {
      {"type(i)", "string \"int\""},
      {"type(i) == int", "true"},
      {"int == type(i)", "true"},
      {"type(i) == type(1)", "true"},
      {"type(d) != double", "false"},
      {"type(n) == null_type", "true"},
      {"type(l) == list && type(m) == map", "true"},
      {"type(timestamp(0)) == timestamp", "true"},
      {"type(b'x') == 'bytes'", "true"},
      {"type(i) == `int`", "false"},
      {"int + 1", "int 4"},
      {"dyn(i) == 'x'", "false"},
      {"dyn(l)", "[1]"},
      {"bytes('\u00e9')", "bytes \"w6k=\""},
      {"bytes(b'a') == b'a'", "true"},
      {"bytes(i)", "type-mismatch"},
      {"string(bytes(s))", "string \"a\""},
      {"uint(i)", "int 5"},
      {"uint('7')", "int 7"},
      {"uint(1.9)", "int 1"},
      {"uint(neg)", "conversion"},
      {"uint('-1')", "conversion"},
      {"uint(-1.5)", "conversion"},
      {"uint(b)", "type-mismatch"},
  };
  check_values(*over, rows);
}
