#include "runtime/expression/functions.hpp"

#include <doctest/doctest.h>

#include <set>

#include "runtime/expression/time_zone.hpp"
#include "tests/runtime/expression/evaluate.hpp"

using namespace weir;
using namespace weir::testing;

TEST_CASE("every function is declared once, with a signature and a summary") {
  std::set<std::string_view> names;
  for (const auto& entry : functions()) {
    CAPTURE(entry.name);
    CHECK(names.insert(entry.name).second);
    CHECK(entry.signature.find(entry.name) != std::string_view::npos);
    CHECK(entry.summary.ends_with('.'));
    CHECK(find_function(entry.name) == &entry);
    CHECK(entry.arguments_min <= entry.arguments_max);
  }
  CHECK(find_function("siz") == nullptr);
}

TEST_CASE("text functions read columns, constants and whatever is no text") {
  // Columns are strings of one storage; what stands in quotes is a constant.
  const auto over = chunk_of(
      R"({"s": "Hello, World of long texts", "t": "\u2003 pad \t\n", "p": "^H.*s$", "i": 1})");
  const text_value rows[] = {
      {"size(s)", "int 26"},
      {"s.size()", "int 26"},
      {"size('\u03c0\u03ad\u03bd')", "int 3"},
      {"size(b'\u03c0')", "int 2"},
      {"size([1, [2, 3]])", "int 2"},
      {"size(i)", "type-mismatch"},
      {"s.contains('World')", "true"},
      {"s.contains('world')", "false"},
      {"s.contains(s)", "true"},
      {"'x'.contains(s)", "false"},
      {"s.startsWith('Hello')", "true"},
      {"s.startsWith('ello')", "false"},
      {"s.endsWith('texts')", "true"},
      {"s.endsWith('text')", "false"},
      {"i.endsWith('1')", "type-mismatch"},
      {"s.matches('o.*o')", "true"},
      {"s.matches('^o')", "false"},
      {"s.matches(p)", "true"},
      {"matches(s, 'l+')", "true"},
      {"s.matches(s + '(')", "pattern"},
      {"i.matches('1')", "type-mismatch"},
      {"s.lowerAscii()", "string \"hello, world of long texts\""},
      {"s.upperAscii()", "string \"HELLO, WORLD OF LONG TEXTS\""},
      {"'\u00c4b'.lowerAscii()", "string \"\u00c4b\""},
      {"t.trim()", "string \"pad\""},
      {"t.trim() == 'pad'", "true"},
      {"''.trim()", "string \"\""},
      {"s + i", "type-mismatch"},
      {"s + t.trim()", "string \"Hello, World of long textspad\""},
  };
  check_values(*over, rows);
}

TEST_CASE("conversions give the value or reject the record") {
  const auto over = chunk_of(
      R"({"i": 5, "d": -2.75, "s": "12", "x": "abc", "b": true, "m": {"k": [1]}, "big": 1e30,)"
      R"( "long": 12345678901234567890, "odd": 1.50})");
  const text_value rows[] = {
      {"int(d)", "int -2"},
      {"int(s)", "int 12"},
      {"int(b)", "int 1"},
      {"int(i)", "int 5"},
      {"int(x)", "conversion"},
      {"int('1.5')", "conversion"},
      {"int(big)", "conversion"},
      {"int(m)", "type-mismatch"},
      {"int(timestamp('1970-01-01T00:00:01.5Z'))", "int 1"},
      {"int(timestamp('1969-12-31T23:59:58.5Z'))", "int -2"},
      {"double(i)", "double 5.0"},
      {"double(s)", "double 12.0"},
      {"double('1e3')", "double 1000.0"},
      {"double(x)", "conversion"},
      {"double(b)", "type-mismatch"},
      {"string(i)", "string \"5\""},
      {"string(d)", "string \"-2.75\""},
      {"string(2.0)", "string \"2\""},
      {"string(1.0 / 0.0)", "string \"Infinity\""},
      {"string(long)", "string \"12345678901234567890\""},
      {"string(odd)", "string \"1.50\""},
      {"string(odd + 0)", "string \"1.5\""},
      {"string(b)", "string \"true\""},
      {"string(m)", "string \"{\\\"k\\\": [1]}\""},
      {"string(b'abc')", "string \"abc\""},
      {"string(b'\\xff')", "conversion"},
      {"string(duration('1m30s'))", "string \"90s\""},
      {"string(timestamp('2026-03-01T12:00:00+01:00'))", "string \"2026-03-01T11:00:00Z\""},
      {"bool('true') && bool('1') && bool('t')", "true"},
      {"bool('False') || bool('0')", "false"},
      {"bool(x)", "conversion"},
      {"bool(i)", "type-mismatch"},
      {"timestamp(s)", "conversion"},
      {"timestamp(0)", "timestamp \"1970-01-01T00:00:00Z\""},
      {"timestamp(d)", "type-mismatch"},
      {"duration('1h30m') == duration('5400s')", "true"},
      {"duration('-2s')", "duration \"-2s\""},
      {"duration(s)", "conversion"},
      {"duration(i)", "type-mismatch"},
  };
  check_values(*over, rows);
}

TEST_CASE("getters of timestamps and durations are CEL's") {
  const auto over = chunk_of(
      R"({"t": "2024-02-29T23:30:15.123456789Z", "z": "Europe/Berlin", "bad": "Nowhere", "i": 1})");
  const text_value rows[] = {
      {"timestamp(t).getFullYear()", "int 2024"},
      {"timestamp(t).getMonth()", "int 1"},
      {"timestamp(t).getDate()", "int 29"},
      {"timestamp(t).getDayOfMonth()", "int 28"},
      {"timestamp(t).getDayOfWeek()", "int 4"},
      {"timestamp(t).getDayOfYear()", "int 59"},
      {"timestamp(t).getHours()", "int 23"},
      {"timestamp(t).getMinutes()", "int 30"},
      {"timestamp(t).getSeconds()", "int 15"},
      {"timestamp(t).getMilliseconds()", "int 123"},
      {"timestamp(t).getDate('+01:00')", "int 1"},
      {"timestamp(t).getHours('-02:30')", "int 21"},
      {"timestamp(t).getMinutes('-02:30')", "int 0"},
      {"timestamp(t).getHours('UTC')", "int 23"},
      {"timestamp(t).getMonth('Europe/Berlin')", "int 2"},
      {"timestamp(t).getHours(z)", "int 0"},
      {"timestamp(t).getHours(bad)", "time-zone"},
      {"timestamp('2024-07-01T12:00:00Z').getHours('Europe/Berlin')", "int 14"},
      {"timestamp('2024-01-01T12:00:00Z').getHours('Europe/Berlin')", "int 13"},
      {"timestamp('1969-12-31T23:59:59.5Z').getSeconds()", "int 59"},
      {"timestamp('1969-12-31T23:59:59.5Z').getMilliseconds()", "int 500"},
      {"t.getHours()", "type-mismatch"},
      {"i.getHours('UTC')", "type-mismatch"},
      {"duration('123.321456789s').getHours()", "int 0"},
      {"duration('1h1m1s').getMinutes()", "int 61"},
      {"duration('1h1m1s').getSeconds()", "int 3661"},
      {"duration('123.321456789s').getMilliseconds()", "int 321"},
  };
  check_values(*over, rows);
}

TEST_CASE("times and durations are added, subtracted and ordered") {
  const auto over = chunk_of(R"({"t": "2026-03-01T00:00:00Z"})");
  const text_value rows[] = {
      {"timestamp(t) + duration('1h')", "timestamp \"2026-03-01T01:00:00Z\""},
      {"duration('1h') + timestamp(t)", "timestamp \"2026-03-01T01:00:00Z\""},
      {"timestamp(t) - duration('1s')", "timestamp \"2026-02-28T23:59:59Z\""},
      {"timestamp(t) - timestamp(t)", "duration \"0s\""},
      {"duration('1m') + duration('1s')", "duration \"61s\""},
      {"duration('1m') - duration('1s')", "duration \"59s\""},
      {"-duration('1m')", "duration \"-60s\""},
      {"timestamp(t) > timestamp('2026-02-28T23:59:59Z')", "true"},
      {"duration('1m') < duration('61s')", "true"},
      {"timestamp(t) > t", "type-mismatch"},
      {"timestamp(t) == t", "false"},
  };
  check_values(*over, rows);
  for (const char* text : {"duration('1m') - timestamp(0)", "duration('1s') * 2",
                           "timestamp(0) > 1", "timestamp(0) + timestamp(0)"}) {
    CAPTURE(text);
    CHECK_FALSE(expression::parse(text));
  }
}

TEST_CASE("a time zone is UTC, an offset or a name") {
  for (const char* name : {"UTC", "+02:00", "-08:30", "02:00", "America/New_York"}) {
    CAPTURE(name);
    CHECK(time_zone::find(name));
  }
  for (const char* name : {"", "+2:00", "+24:00", "+02:60", "utc+2", "Mars/Olympus"}) {
    CAPTURE(name);
    const auto found = time_zone::find(name);
    REQUIRE_FALSE(found);
    CHECK(found.error().code == "time-zone");
  }
  auto berlin = time_zone::find("Europe/Berlin");
  REQUIRE(berlin);
  CHECK(berlin->offset_at(1'711'846'799) == 3600);  // a second before summer time
  CHECK(berlin->offset_at(1'711'846'800) == 7200);
  CHECK(berlin->offset_at(1'711'846'799) == 3600);
}
