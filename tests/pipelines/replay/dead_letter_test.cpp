#include "pipelines/replay/dead_letter.hpp"

#include <doctest/doctest.h>

#include <string>

namespace weir::testing {

TEST_CASE("a letter is read as it was written, whatever else is in it") {
  const auto record = read_dead_letter(
      R"({"stage":"big","reason":"r","code":"c","file":"a \"b\".ndjson","offset":71,"line":4,)"
      R"("time":"2026-01-01T00:00:00Z","record":{"id":3,  "x":null},"note":[1]})");
  REQUIRE(record);
  CHECK(record->stage == "big");
  CHECK(record->code == "c");
  CHECK(record->file == "a \"b\".ndjson");
  CHECK(record->offset == 71);
  CHECK(record->line == 4);
  CHECK(record->what == dead_letter::form::record);
  CHECK(record->content == R"({"id":3,  "x":null})");
  CHECK(record->is_whole());
  // As other programs write it: nulls for what is missing, escapes and white space.
  const auto raw = read_dead_letter(
      " { \"st\\u0061ge\" : \"l\\u00fc\" , \"record\" : null, \"file\":null, \"raw\" : \"AP8=\" "
      "}\r");
  REQUIRE(raw);
  CHECK(raw->stage == "l\u00fc");
  CHECK(raw->file.empty());
  CHECK(raw->what == dead_letter::form::raw);
  CHECK(raw->content == std::string("\0\xff", 2));
}

TEST_CASE("of a record that was too long, or not read to its end, the letter has a part") {
  for (const char* code : {"record-too-long", "unfinished-record"}) {
    const auto letter =
        read_dead_letter(R"({"stage":"a","raw":"","code":")" + std::string(code) + "\"}");
    REQUIRE(letter);
    CHECK_FALSE(letter->is_whole());
  }
}

TEST_CASE("what is no letter is refused with what was found") {
  struct row {
    const char *line, *text;
  };
  const row rows[] = {
      {"", "no JSON at byte 1: the text ends where a value is due"},
      {"{} {}", "no JSON at byte 4: more text follows behind the value"},
      {"7", "an object is asked for, found '7'"},
      {"{}", "it has no 'stage', which names the one that rejected the record"},
      {R"({"stage":""})", "it has no 'stage', which names the one that rejected the record"},
      {R"({"stage":7})", "'stage' is a text, found '7'"},
      {R"({"stage":"a"})", "it has neither 'record' nor 'raw'"},
      {R"({"stage":"a","record":{},"raw":""})", "it has both 'record' and 'raw'"},
      {R"({"stage":"a","record":"{}"})", "'record' is an object, found '\"{}\"'"},
      {R"({"stage":"a","raw":7})", "'raw' is bytes in base64, found '7'"},
      {R"({"stage":"a","raw":"A"})", "'raw' is bytes in base64, found '\"A\"'"},
      {R"({"stage":"a","record":{},"line":-1})", "'line' is a whole number, found '-1'"},
      {R"({"stage":"a","record":{},"offset":1.5})", "'offset' is a whole number, found '1.5'"},
  };
  for (const auto& row : rows) {
    CAPTURE(std::string(row.line));
    const auto letter = read_dead_letter(row.line);
    REQUIRE_FALSE(letter);
    CHECK(letter.error().code == "not-a-dead-letter");
    CHECK(letter.error().text == row.text);
  }
}

}  // namespace weir::testing
