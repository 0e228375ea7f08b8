#include "runtime/base/duration.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

using std::chrono::nanoseconds;
using weir::parse_duration;
using weir::to_text;

TEST_CASE("a duration is read from numbers with units") {
  struct row {
    const char* text;
    std::int64_t count;
  };
  const row rows[] = {
      {"250ms", 250'000'000},
      {"10s", 10'000'000'000},
      {"1.5h", 5'400'000'000'000},
      {"1m30s", 90'000'000'000},
      {"-2s", -2'000'000'000},
      {"1d", 86'400'000'000'000},
      {"0s", 0},
      {"7us", 7'000},
      {"3ns", 3},
      {".5s", 500'000'000},
      {"0.000000001s", 1},
      {"106751d", 106'751LL * 86'400'000'000'000},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    const auto read = parse_duration(row.text);
    REQUIRE(read);
    CHECK(read->count() == row.count);
  }
}

TEST_CASE("what is no duration is refused with advice") {
  struct row {
    const char *text, *message;
  };
  const row rows[] = {
      {"250", "'250' has no unit; write it as '250ms', '250s' or '250m'"},
      {"",
       "'' is not a duration; write numbers with ns, us, ms, s, m, h or d, as in '250ms' or "
       "'1m30s'"},
      {"fast",
       "'fast' is not a duration; write numbers with ns, us, ms, s, m, h or d, as in "
       "'250ms' or '1m30s'"},
      {"5000y",
       "'5000y' is not a duration; write numbers with ns, us, ms, s, m, h or d, as in "
       "'250ms' or '1m30s'"},
      {"106752d", "'106752d' is longer than 292 years"},
      {"99999999999999999999s", "'99999999999999999999s' is longer than 292 years"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    const auto read = parse_duration(row.text);
    REQUIRE(!read);
    CHECK(read.error().code == "not-a-duration");
    CHECK(read.error().text == row.message);
  }
  for (const char* text : {"--2s", "1.2.3s", ".s", "s", "-", "1 s", "1sm", "1e3s", "1ms2"}) {
    CAPTURE(text);
    CHECK(!parse_duration(text));
  }
}

TEST_CASE("a duration is written as people write it") {
  struct row {
    std::int64_t count;
    const char* text;
  };
  const row rows[] = {
      {0, "0s"},
      {1, "1ns"},
      {1'500, "1.5us"},
      {250'000'000, "250ms"},
      {1'500'000'000, "1.5s"},
      {90'000'000'000, "1m30s"},
      {7'200'000'000'000, "2h"},
      {-90'000'000'000, "-1m30s"},
      {3'600'000'000'001, "1h0.000000001s"},
  };
  for (const auto& row : rows) CHECK(to_text(nanoseconds(row.count)) == row.text);
}

TEST_CASE("every duration reads back from its text") {
  CHECK(rc::check([](std::int64_t count) {
    RC_PRE(count != INT64_MIN);
    const auto back = parse_duration(to_text(nanoseconds(count)));
    RC_ASSERT(back.has_value());
    RC_ASSERT(back->count() == count);
  }));
  for (const std::int64_t count : {INT64_MAX, -INT64_MAX})
    CHECK(parse_duration(to_text(nanoseconds(count)))->count() == count);
}
