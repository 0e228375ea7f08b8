#include <doctest/doctest.h>

#include "runtime/expression/json_path.hpp"
#include "tests/runtime/expression/evaluate.hpp"

using namespace weir;
using namespace weir::testing;

TEST_CASE("a path finds nested values with the kind of their own text") {
  const auto over = chunk_of(
      R"({"a": {"i": 5, "f": 1.50, "big": 12345678901234567890, "s": "x\n\u00e9", "t": true,)"
      R"( "n": null, "l": [1, {"deep": [[7]]}], "m": {"k": "v"}, "e\"q": 1, "caf\u00e9": 2,)"
      R"( "long": "a text that is longer than twelve bytes", "i": 6}, "key": "s", "at": 1})");
  struct row {
    std::string_view text, value;
  };
  const row rows[] = {
      {"a.i", "int 5"},
      {"a.f", "double 1.50"},
      {"a.f + 0", "double 1.5"},
      {"a.big", "double 12345678901234567890"},
      {"a.s", "string \"x\\n\u00e9\""},
      {"a.t", "true"},
      {"a.n", "null"},
      {"a.long", "string \"a text that is longer than twelve bytes\""},
      {"a.l", "[1, {\"deep\": [[7]]}]"},
      {"a.l[1].deep[0][0]", "int 7"},
      {"a['l'][1]['deep']", "[[7]]"},
      {"a.m", "{\"k\": \"v\"}"},
      {"a['e\"q']", "int 1"},
      {"a.missing", "null"},
      {"a['']", "null"},
      {"a['e']", "null"},
      {"a.`caf\u00e9`", "int 2"},
      {"a[key]", "string \"x\\n\u00e9\""},
      {"a.l[at].deep", "[[7]]"},
      {"a.l[at - 1]", "int 1"},
      {"a.l[1.0].deep", "[[7]]"},
      {"a[true]", "type-mismatch"},
      {"a.l[0.5]", "type-mismatch"},
      {"size(a.l)", "int 2"},
      {"size(a.m)", "int 1"},
      {"size(a.m) + size(a.long)", "int 40"},
      {"1 in a.l", "true"},
      {"2 in a.l", "false"},
      {"'k' in a.m", "true"},
      {"'v' in a.m", "false"},
      {"1 in key", "type-mismatch"},
      {"a.m == a['m']", "true"},
      {"a.m == a.l", "false"},
      {"a.l[1] == a.l[at]", "true"},
      {"a.l + [2] == [1, a.l[1], 2]", "true"},
      {"a.m + a.m", "type-mismatch"},
      {"[a.i, key, null]", "[5,\"s\",null]"},
      {"[a.i][0] + 1", "int 6"},
      {"a.m < a.m", "type-mismatch"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    CHECK(evaluated_over(row.text, *over) == row.value);
  }
}

TEST_CASE("a path over records that disagree gives each its own") {
  const auto over = chunk_of(
      "{\"a\": {\"b\": 1}}\n{\"a\": \"text\"}\n{\"a\": {\"b\": \"x\"}}\n{}\n{\"a\": [1]}\n"
      "{\"a\": {\"b\": {\"c\": 1}}}");
  CHECK(evaluated_over("a.b", *over) == "int 1\nnull\nstring \"x\"\nnull\nnull\n{\"c\": 1}");
  CHECK(evaluated_over("a.b == 1", *over) == "true\nfalse\nfalse\nfalse\nfalse\nfalse");
}

TEST_CASE("JSON values are equal whatever their spelling and the order of keys") {
  struct row {
    std::string_view a, b;
    bool same;
  };
  const row rows[] = {
      {R"({"a":1,"b":[2]})", R"({ "b" : [ 2.0 ], "a" : 1 })", true},
      {R"({"a":1})", R"({"a":1,"b":2})", false},
      {R"([1,2])", R"([2,1])", false},
      {R"(["\u0061"])", R"(["a"])", true},
      {R"([9007199254740993])", R"([9007199254740992.0])", false},
      {R"([null])", R"([false])", false},
      {R"([])", R"({})", false},
  };
  for (const auto& row : rows) {
    CAPTURE(row.a);
    const auto a = copy_to_buffer(row.a);
    const auto b = copy_to_buffer(row.b);
    CHECK(json_equal({a->data(), row.a.size()}, {b->data(), row.b.size()}) == row.same);
  }
}

TEST_CASE("what a path meets that is not JSON rejects the record") {
  column_builder builder;
  builder.append_text(R"({"a": 01, "b": 2})", value_kind::json);
  builder.append_text(R"({"a": tru, "b": 2})", value_kind::json);
  builder.append_text(R"({"a": 1, "b": 2})", value_kind::json);
  chunk::parts parts;
  parts.columns_schema = std::make_shared<const schema>(std::vector<field>{{"x", {}}});
  parts.columns = {builder.finish()};
  parts.rows = 3;
  const auto over = make_chunk(std::move(parts));
  CHECK(evaluated_over("x.a", *over) == "not-json\nnot-json\nint 1");
}
