#include "actors/support/value_order.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <string_view>
#include <vector>

namespace weir {
namespace {

value_view int_value(std::int64_t number, value_kind kind = value_kind::int64) {
  value_view value;
  value.kind = kind;
  value.int64 = number;
  return value;
}

value_view double_value(double number, std::string_view text = {}) {
  value_view value;
  value.kind = value_kind::float64;
  value.float64 = number;
  value.text = text;
  return value;
}

value_view bool_value(bool which) {
  value_view value;
  value.kind = value_kind::boolean;
  value.boolean = which;
  return value;
}

value_view text_value(std::string_view text, value_kind kind = value_kind::string) {
  value_view value;
  value.kind = kind;
  value.text = text;
  return value;
}

constexpr std::int64_t int_least = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t int_most = std::numeric_limits<std::int64_t>::max();
constexpr double infinity = std::numeric_limits<double>::infinity();
const double not_a_number = std::numeric_limits<double>::quiet_NaN();

TEST_CASE("values of all kinds stand in one order") {
  const std::vector<value_view> ascending = {
      value_view(),
      bool_value(false),
      bool_value(true),
      double_value(-infinity),
      double_value(-18446744073709551616.0, "-18446744073709551617"),
      double_value(-18446744073709551616.0, "-18446744073709551616"),
      int_value(int_least),
      double_value(-1.5),
      int_value(-1),
      double_value(-0.5),
      int_value(0),
      double_value(5e-324),
      int_value(1),
      double_value(1.5),
      int_value(9007199254740992),
      int_value(9007199254740993),  // as doubles equal to the one before
      double_value(9007199254740994.0),
      int_value(int_most),
      double_value(9223372036854775808.0),
      double_value(18446744073709551616.0, "18446744073709551615"),
      double_value(18446744073709551616.0),
      double_value(18446744073709551616.0, "18446744073709551617"),
      double_value(1e300, "1e300"),
      double_value(infinity),
      double_value(not_a_number),
      int_value(-5, value_kind::timestamp),
      int_value(7, value_kind::timestamp),
      int_value(-9, value_kind::duration),
      text_value(""),
      text_value("Z"),
      text_value("a"),
      text_value("ab"),
      text_value("\xc3\xa4"),
      text_value("a", value_kind::bytes),
      text_value("[1]", value_kind::json),
      text_value("{}", value_kind::json),
  };
  for (std::size_t i = 0; i < ascending.size(); ++i)
    for (std::size_t k = 0; k < ascending.size(); ++k) {
      CAPTURE(i);
      CAPTURE(k);
      CHECK((compare_values(ascending[i], ascending[k]) < 0) == (i < k));
      CHECK((compare_values(ascending[i], ascending[k]) == 0) == (i == k));
    }
}

TEST_CASE("equal numbers of different types are equal") {
  CHECK(compare_values(int_value(1), double_value(1.0)) == 0);
  CHECK(compare_values(double_value(0.0), double_value(-0.0)) == 0);
  CHECK(compare_values(double_value(-0.0), int_value(0)) == 0);
  CHECK(compare_values(int_value(int_least), double_value(-0x1p63)) == 0);
  CHECK(compare_values(double_value(0.5, "0.50"), double_value(0.5, "5e-1")) == 0);
  CHECK(compare_values(double_value(1e19, "1e19"), double_value(1e19, "10000000000000000000")) ==
        0);
  CHECK(compare_values(int_value(int_most), double_value(0x1p63)) != 0);
}

TEST_CASE("of equal values the same one stands for all, whichever came first") {
  const std::vector<value_view> descending = {int_value(0),
                                              double_value(0.0),
                                              double_value(-0.0),
                                              double_value(-0.0, "-0.0"),
                                              double_value(0.0, "0.0"),
                                              double_value(0.0, "0e1")};
  for (std::size_t i = 0; i < descending.size(); ++i)
    for (std::size_t k = 0; k < descending.size(); ++k) {
      CAPTURE(i);
      CAPTURE(k);
      CHECK(stands_before(descending[i], descending[k]) == (i < k));
    }
}

}  // namespace
}  // namespace weir
