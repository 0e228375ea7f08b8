#include "actors/support/value_order.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>

namespace weir {
namespace {

bool is_whole(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// The digits of a whole number beyond 64 bits: those it was read with, else those of the double.
std::string digits_of(const value_view& number) {
  std::string digits =
      is_whole(number.text) ? std::string(number.text) : fmt::format("{:.0f}", number.float64);
  if (digits.starts_with('-')) digits.erase(0, 1);
  return digits;
}

std::weak_ordering compare_doubles(const value_view& left, const value_view& right) {
  const double a = left.float64;
  const double b = right.float64;
  if (a < b) return std::weak_ordering::less;
  if (a > b) return std::weak_ordering::greater;
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) <=> std::isnan(b);
  if (std::isinf(a)) return std::weak_ordering::equivalent;
  // Equal as doubles. Identifiers of 20 digits often are, though they differ.
  if (std::abs(a) < 0x1p63 || left.text == right.text) return std::weak_ordering::equivalent;
  const std::string x = digits_of(left);
  const std::string y = digits_of(right);
  const auto by_size = x.size() <=> y.size();
  const std::weak_ordering size = by_size != 0 ? by_size : x.compare(y) <=> 0;
  return a < 0 ? 0 <=> size : size;
}

}  // namespace

int rank_of(value_kind kind) {
  switch (kind) {
    case value_kind::null:
      return 0;
    case value_kind::boolean:
      return 1;
    case value_kind::int64:
    case value_kind::float64:
      return 2;
    case value_kind::timestamp:
      return 3;
    case value_kind::duration:
      return 4;
    case value_kind::string:
      return 5;
    case value_kind::bytes:
      return 6;
    case value_kind::json:
      return 7;
  }
  return 8;
}

std::weak_ordering compare_exactly(std::int64_t left, double right) {
  if (std::isnan(right) || right >= 0x1p63) return std::weak_ordering::less;
  if (right < -0x1p63) return std::weak_ordering::greater;
  const auto whole = static_cast<std::int64_t>(right);
  if (left != whole) return left <=> whole;
  const double rest = right - static_cast<double>(whole);
  if (rest > 0) return std::weak_ordering::less;
  return rest < 0 ? std::weak_ordering::greater : std::weak_ordering::equivalent;
}

std::weak_ordering compare_values(const value_view& left, const value_view& right) {
  const int rank = rank_of(left.kind);
  if (const auto other = rank_of(right.kind); rank != other) return rank <=> other;
  switch (left.kind) {
    case value_kind::null:
      return std::weak_ordering::equivalent;
    case value_kind::boolean:
      return left.boolean <=> right.boolean;
    case value_kind::int64:
      if (right.kind == value_kind::float64) return compare_exactly(left.int64, right.float64);
      return left.int64 <=> right.int64;
    case value_kind::float64:
      if (right.kind == value_kind::int64) return 0 <=> compare_exactly(right.int64, left.float64);
      return compare_doubles(left, right);
    case value_kind::timestamp:
    case value_kind::duration:
      return left.int64 <=> right.int64;
    case value_kind::string:
    case value_kind::bytes:
    case value_kind::json:
      return left.text.compare(right.text) <=> 0;
  }
  return std::weak_ordering::equivalent;
}

bool stands_before(const value_view& left, const value_view& right) {
  if (left.kind != right.kind) return left.kind == value_kind::int64;
  if (const int order = left.text.compare(right.text); order != 0) return order < 0;
  return left.kind == value_kind::float64 && !std::signbit(left.float64) &&
         std::signbit(right.float64);
}

}  // namespace weir
