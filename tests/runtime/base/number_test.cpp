#include "runtime/base/number.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <cmath>
#include <limits>

using namespace weir;

TEST_CASE("an integer is read where all of the text spells one that fits") {
  CHECK(parse_int64("0") == 0);
  CHECK(parse_int64("-17") == -17);
  CHECK(parse_int64("9223372036854775807") == INT64_MAX);
  CHECK(parse_int64("-9223372036854775808") == INT64_MIN);
  for (const char* text :
       {"", "-", "+1", "1.0", " 1", "1 ", "9223372036854775808", "0x10", "1e3"}) {
    CAPTURE(text);
    CHECK(!parse_int64(text));
  }
}

TEST_CASE("a double is read where all of the text spells a number") {
  CHECK(parse_float64("1.5") == 1.5);
  CHECK(parse_float64("+1.5") == 1.5);
  CHECK(parse_float64("-2e3") == -2000);
  CHECK(parse_float64("1e999") == std::numeric_limits<double>::infinity());
  CHECK(parse_float64("inf") == std::numeric_limits<double>::infinity());
  CHECK(std::isnan(parse_float64("nan").value_or(0)));
  for (const char* text : {"", "+", "+-1", "1,5", "1.5x", " 1", "--1"}) {
    CAPTURE(text);
    CHECK(!parse_float64(text));
  }
}

TEST_CASE("a double is written as the shortest text that stays a double") {
  const auto text = [](double number) {
    std::string out;
    append_number(out, number);
    return out;
  };
  CHECK(text(2) == "2.0");
  CHECK(text(-0.0) == "-0.0");
  CHECK(text(0.1) == "0.1");
  CHECK(text(1e22) == "1e+22");
  CHECK(text(std::numeric_limits<double>::infinity()) == "inf");
  CHECK(text(-std::numeric_limits<double>::infinity()) == "-inf");
}

TEST_CASE("every number reads back from its text") {
  CHECK(rc::check([](std::int64_t whole, double number) {
    std::string text;
    append_number(text, whole);
    RC_ASSERT(parse_int64(text) == whole);
    text.clear();
    append_number(text, number);
    RC_ASSERT(parse_float64(text) == number);
  }));
}
