#include "actors/codecs/put_int64.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <limits>
#include <string>

using namespace weir::codecs;

namespace {

std::string written(std::int64_t number) {
  char text[int64_text_max];
  return {text, put_int64(text, number)};
}

}  // namespace

TEST_CASE("a number is written as its digits, whatever their count") {
  for (std::int64_t power = 1; power <= 1'000'000'000'000'000'000 / 10; power *= 10)
    for (const std::int64_t near : {-1, 0, 1, 5})
      for (const std::int64_t number : {power + near, -power - near, power * 9 + near})
        CHECK(written(number) == std::to_string(number));
  CHECK(written(std::numeric_limits<std::int64_t>::max()) == "9223372036854775807");
  CHECK(written(std::numeric_limits<std::int64_t>::min()) == "-9223372036854775808");
}

TEST_CASE("any number of up to eight digits is written as the library writes it") {
  CHECK(rc::check([] {
    const auto number = *rc::gen::inRange<std::int64_t>(0, 100'010'000);
    RC_ASSERT(written(number) == std::to_string(number));
  }));
  // All pairs of digits in all places.
  for (std::int64_t low = 0; low < 10'000; ++low) {
    CHECK(written(low) == std::to_string(low));
    CHECK(written(low * 10'000 + 9'876) == std::to_string(low * 10'000 + 9'876));
  }
}
