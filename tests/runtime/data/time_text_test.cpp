#include "runtime/data/time_text.hpp"

#include <doctest/doctest.h>

#include <limits>

using namespace weir;

TEST_CASE("a timestamp's text reads back as the same timestamp") {
  struct row {
    const char* text;
    std::int64_t nanoseconds;
  };
  const row rows[] = {
      {"1970-01-01T00:00:00Z", 0},
      {"1970-01-01T00:00:00.001Z", 1'000'000},
      {"1970-01-01T00:00:00.000001Z", 1'000},
      {"1970-01-01T00:00:00.000000001Z", 1},
      {"1969-12-31T23:59:59.500Z", -500'000'000},
      {"2024-02-29T12:34:56Z", 1'709'210'096'000'000'000},
      {"1677-09-21T00:12:43.145224192Z", std::numeric_limits<std::int64_t>::min()},
      {"2262-04-11T23:47:16.854775807Z", std::numeric_limits<std::int64_t>::max()},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    CHECK(timestamp_text(row.nanoseconds) == row.text);
    CHECK(parse_timestamp(row.text) == row.nanoseconds);
  }
}

TEST_CASE("a timestamp is read with any offset and any number of decimals") {
  struct row {
    const char *text, *same;
  };
  const row rows[] = {
      {"2026-03-01T12:00:00+01:00", "2026-03-01T11:00:00Z"},
      {"2026-03-01T00:30:00-05:30", "2026-03-01T06:00:00Z"},
      {"2026-03-01t12:00:00z", "2026-03-01T12:00:00Z"},
      {"2026-03-01 12:00:00.5Z", "2026-03-01T12:00:00.500Z"},
      {"2026-03-01T12:00:00.1234567899Z", "2026-03-01T12:00:00.123456789Z"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    const auto nanoseconds = parse_timestamp(row.text);
    REQUIRE(nanoseconds);
    CHECK(timestamp_text(*nanoseconds) == row.same);
  }
}

TEST_CASE("what is not a timestamp is refused") {
  const char* rows[] = {"",
                        "2026",
                        "2026-03-01",
                        "2026-03-01T12:00:00",
                        "2026-02-29T12:00:00Z",
                        "2026-13-01T12:00:00Z",
                        "2026-03-01T24:00:00Z",
                        "2026-03-01T12:60:00Z",
                        "2026-03-01T12:00:60Z",
                        "2026-03-01T12:00:00.Z",
                        "2026-03-01T12:00:00+0100",
                        "2026-03-01T12:00:00+24:00",
                        "2026-03-01T12:00:00Zx",
                        "1677-09-21T00:12:43Z",
                        "2262-04-11T23:47:17Z",
                        "9999-12-31T23:59:59Z"};
  for (const char* text : rows) {
    CAPTURE(text);
    const auto read = parse_timestamp(text);
    REQUIRE_FALSE(read);
    CHECK(read.error().code == "not-a-timestamp");
  }
}

TEST_CASE("a duration is written in seconds with as many decimals as are needed") {
  CHECK(duration_text(0) == "0s");
  CHECK(duration_text(1'500'000'000) == "1.5s");
  CHECK(duration_text(-250'000'000) == "-0.25s");
  CHECK(duration_text(3'600'000'000'000) == "3600s");
  CHECK(duration_text(1) == "0.000000001s");
  CHECK(duration_text(std::numeric_limits<std::int64_t>::min()) == "-9223372036.854775808s");
}
