#include "actors/codecs/scan_number.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <bit>
#include <string>

#include "runtime/data/buffer.hpp"
#include "runtime/data/json_text.hpp"

using namespace weir;
using namespace weir::codecs;

namespace {

// Numbers of all lengths, and texts that are none for one character.
std::string number_or_not() {
  const auto digits = [](std::size_t least, std::size_t most) {
    std::string text;
    const auto count = *rc::gen::inRange(least, most + 1);
    while (text.size() < count) text += *rc::gen::element('0', '1', '4', '9');
    return text;
  };
  const auto most = *rc::gen::element<std::size_t>(2, 4, 9, 20);
  std::string text = *rc::gen::element<std::string>("", "", "-") + digits(1, most);
  if (*rc::gen::arbitrary<bool>()) text += "." + digits(1, most);
  if (*rc::gen::inRange(0, 6) == 0) text += *rc::gen::element<std::string>("e5", "E-7", "e+300");
  if (*rc::gen::inRange(0, 4) == 0)
    text[*rc::gen::inRange<std::size_t>(0, text.size())] =
        *rc::gen::element('.', '-', '+', 'e', '/', ':', ' ', '\0', '\x80', '\xB0');
  return text;
}

bool are_same(const scanned_value& one, const scanned_value& other) {
  if (one.kind != other.kind) return false;
  if (one.kind == value_kind::int64) return one.int64 == other.int64;
  return std::bit_cast<std::uint64_t>(one.float64) == std::bit_cast<std::uint64_t>(other.float64);
}

}  // namespace

TEST_CASE("a number is read to its last digit, all at once or digit by digit") {
  int numbers = 0;
  int others = 0;
  CHECK(rc::check([&] {
    const std::string text = number_or_not();
    const auto data =
        copy_to_buffer(text + *rc::gen::element<std::string>("", ",", "}", "7", ".5"));
    scanned_value slow;
    scanned_value fast;
    const bool is_number = is_json_number(text);
    RC_ASSERT(scan_number(text, slow) == is_number);
    RC_ASSERT(scan_number_in_buffer({data->data(), text.size()}, fast) == is_number);
    ++(is_number ? numbers : others);
    if (!is_number) return;
    RC_ASSERT(are_same(slow, fast));
    const auto whole = text == "-0" ? std::nullopt : parse_int64(text);
    scanned_value expected;
    if (whole) {
      expected.set_int64(*whole);
    } else {
      expected.set_float64(*parse_float64(text));
    }
    RC_ASSERT(are_same(slow, expected));
  }));
  CHECK(numbers > 20);
  CHECK(others > 5);
}

TEST_CASE("numbers at the bounds of what is read all at once are exact") {
  for (const char* text : {"0",
                           "-0",
                           "7",
                           "-7",
                           "12345678",
                           "-12345678",
                           "123456789",
                           "0.5",
                           "-0.5",
                           "0.000001",
                           "1234.567",
                           "999999.9",
                           "-999999.9",
                           "9.999999",
                           "0.0",
                           "-0.0",
                           "123456789012345",
                           "9007199254740993.0",
                           "0.1234567890123456",
                           "9223372036854775807",
                           "-9223372036854775808",
                           "9223372036854775808",
                           "1e22",
                           "1.7976931348623157e308"}) {
    CAPTURE(text);
    scanned_value found;
    const auto data = copy_to_buffer(text);
    REQUIRE(scan_number_in_buffer({data->data(), data->capacity()}, found));
    const auto number =
        found.kind == value_kind::int64 ? static_cast<double>(found.int64) : found.float64;
    CHECK(std::bit_cast<std::uint64_t>(number) ==
          std::bit_cast<std::uint64_t>(*parse_float64(text)));
  }
}
