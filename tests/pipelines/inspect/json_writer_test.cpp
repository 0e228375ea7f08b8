#include "pipelines/inspect/json_writer.hpp"

#include <doctest/doctest.h>

#include <limits>

namespace weir {

TEST_CASE("objects and arrays are written a member a line") {
  json_writer out;
  out.begin_object().member("a", 1).key("b").begin_array().value("x").value(true).end_array();
  out.key("c").begin_object().end_object().key("d").begin_array().end_array().key("e").null();
  CHECK(out.end_object().take() ==
        "{\n  \"a\": 1,\n  \"b\": [\n    \"x\",\n    true\n  ],\n  \"c\": {},\n  \"d\": [],\n"
        "  \"e\": null\n}\n");
}

TEST_CASE("a string is escaped as JSON wants it") {
  struct row {
    const char *name, *text, *json;
  };
  const row rows[] = {
      {"plain", "abc", "\"abc\"\n"},
      {"quotes and backslashes", "a\"b\\c", "\"a\\\"b\\\\c\"\n"},
      {"line ends and tabs", "a\nb\tc", "\"a\\nb\\tc\"\n"},
      {"control characters", "\x01\x7f", "\"\\u0001\\u007f\"\n"},
      {"UTF-8 stays", "žluť", "\"žluť\"\n"},
      {"a byte that is not UTF-8", "a\xff\xc3", "\"a\xEF\xBF\xBD\xEF\xBF\xBD\"\n"},
  };
  for (const auto& row : rows) SUBCASE(row.name) {
      json_writer out;
      CHECK(out.value(row.text).take() == row.json);
    }
}

TEST_CASE("a number that JSON has no text for is null") {
  json_writer out;
  out.begin_array().value(0.5).value(std::numeric_limits<double>::infinity());
  CHECK(out.end_array().take() == "[\n  0.5,\n  null\n]\n");
}

TEST_CASE("a writer can be used again") {
  json_writer out;
  CHECK(out.begin_object().member("a", 1).end_object().take() == "{\n  \"a\": 1\n}\n");
  CHECK(out.begin_object().member("a", 1).end_object().take() == "{\n  \"a\": 1\n}\n");
}

}  // namespace weir
