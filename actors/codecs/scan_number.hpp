#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

#include "runtime/base/number.hpp"
#include "runtime/data/type.hpp"

namespace weir::codecs {

/// A value of JSON text that was found and checked, not yet copied anywhere.
struct scanned_value {
  std::uint32_t begin = 0;  ///< of its text; of a string, behind the quote
  std::uint32_t end = 0;
  union {
    std::int64_t int64 = 0;  ///< of booleans 0 or 1
    double float64;
  };
  value_kind kind = value_kind::null;  ///< null boolean int64 float64 string json
  bool escaped = false;                ///< a string with escapes in it

  void set_int64(std::int64_t value) {
    kind = value_kind::int64;
    int64 = value;
  }
  void set_float64(double value) {
    kind = value_kind::float64;
    float64 = value;
  }
};

// A mantissa of so many digits and a power of ten so large are doubles without rounding, so that
// their quotient is the double nearest to the number.
inline constexpr int exact_digits_max = 15;
inline constexpr double powers_of_ten[] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                           1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};

/// Reads the number that is all of `text`, by JSON's grammar. A whole number that fits is an int64,
/// any other, and minus zero, a float64. False: no number.
/// Requires: `text` is not empty.
inline bool scan_number(std::string_view text, scanned_value& out) {
  const char* at = text.data();
  const char* const end = at + text.size();
  const auto is_digit = [](char c) { return static_cast<unsigned char>(c - '0') < 10; };
  std::uint64_t mantissa = 0;
  const auto take_digits = [&] {
    const char* first = at;
    for (; at < end && is_digit(*at); ++at)
      mantissa = mantissa * 10 + static_cast<std::uint64_t>(*at - '0');
    return at - first;
  };
  const bool negative = *at == '-';
  if (negative) ++at;
  const bool leads_with_zero = at < end && *at == '0';
  const auto whole_digits = take_digits();
  if (whole_digits == 0 || (whole_digits > 1 && leads_with_zero)) return false;
  if (at == end) {
    constexpr int digits_that_fit = 18;
    const auto whole = static_cast<std::int64_t>(mantissa);
    if (whole_digits <= digits_that_fit && !(negative && whole == 0)) {
      out.set_int64(negative ? -whole : whole);
    } else if (const auto fits = text == "-0" ? std::nullopt : parse_int64(text)) {
      out.set_int64(*fits);
    } else {
      out.set_float64(parse_float64(text).value_or(0));
    }
    return true;
  }
  std::int64_t decimals = 0;
  if (*at == '.') {
    ++at;
    decimals = take_digits();
    if (decimals == 0) return false;
  }
  if (at == end && whole_digits + decimals <= exact_digits_max) {
    const double number = static_cast<double>(mantissa) / powers_of_ten[decimals];
    out.set_float64(negative ? -number : number);
    return true;
  }
  if (at < end && (*at == 'e' || *at == 'E')) {
    ++at;
    if (at < end && (*at == '+' || *at == '-')) ++at;
    if (take_digits() == 0) return false;
  }
  if (at != end) return false;
  out.set_float64(parse_float64(text).value_or(0));
  return true;
}

/// The number that eight digits spell, the first in the lowest byte, each less '0'.
inline std::uint32_t eight_digits(std::uint64_t digits) {
  // Pairs, then fours, then all: each step leaves its sums in every second, fourth, eighth byte.
  digits = (digits * 10 + (digits >> 8)) & 0x00FF00FF00FF00FFULL;
  digits = (digits * 100 + (digits >> 16)) & 0x0000FFFF0000FFFFULL;
  return static_cast<std::uint32_t>(digits * 10'000 + (digits >> 32));
}

// With the sign changed if it is `negative`: in many columns signs come by chance.
inline std::int64_t signed_as(bool negative, std::int64_t number) {
  const auto all_ones = -static_cast<std::int64_t>(negative);
  return (number ^ all_ones) - all_ones;
}
inline double signed_as(bool negative, double number) {
  return std::bit_cast<double>(std::bit_cast<std::uint64_t>(number) ^ std::uint64_t{negative}
                                                                          << 63);
}

/// The number that all of `text` spells; none if it is longer than eight characters, or one of them
/// is no digit.
/// Requires: `text` is not empty, and eight bytes may be read from where it begins.
inline std::optional<std::int64_t> scan_digits_in_buffer(std::string_view text) {
  constexpr std::uint64_t in_each = 0x0101010101010101ULL;
  if (std::endian::native != std::endian::little || text.size() > 8) return std::nullopt;
  std::uint64_t digits = 0;
  std::memcpy(&digits, text.data(), sizeof digits);
  // Right-aligned, with zeros in front.
  digits = (digits ^ in_each * '0') << 8 * (8 - text.size());
  if ((((digits & in_each * 0x7F) + in_each * (0x80 - 10)) | digits) & in_each * 0x80)
    return std::nullopt;
  return eight_digits(digits);
}

/// The same as `scan_number`; numbers of at most eight characters behind the sign are read all at
/// once, without a branch a digit.
/// Requires: `text` is not empty, and nine bytes may be read from where it begins.
inline bool scan_number_in_buffer(std::string_view text, scanned_value& out) {
  constexpr std::uint64_t in_each = 0x0101010101010101ULL;
  const bool negative = text.front() == '-';
  const char* first = text.data() + (negative ? 1 : 0);
  const auto length = text.size() - (negative ? 1 : 0);
  if (std::endian::native != std::endian::little || length - 1 >= 8) return scan_number(text, out);
  // Right-aligned, so that the last digit is in the highest byte, and zeros stand in front.
  std::uint64_t word = 0;
  std::memcpy(&word, first, sizeof word);
  const auto unused = 8 * (8 - length);
  const std::uint64_t kept = ~std::uint64_t{0} << unused;
  const std::uint64_t digits = ((word << unused) ^ (in_each * '0')) & kept;
  const std::uint64_t others =
      (((digits & in_each * 0x7F) + in_each * (0x80 - 10)) | digits) & in_each * 0x80;
  if (others == 0) {
    const std::int64_t whole = eight_digits(digits);
    if ((*first == '0' && length > 1) || (negative && whole == 0)) return scan_number(text, out);
    out.set_int64(signed_as(negative, whole));
    return true;
  }
  // One character that is no digit: a point with digits on both sides.
  const auto point = static_cast<unsigned>(std::countr_zero(others)) / 8;
  const bool is_plain = (others & (others - 1)) == 0 &&
                        (digits >> 8 * point & 0xFF) == ('.' ^ '0') && point < 7 &&
                        point > 8 - length;
  if (!is_plain || (*first == '0' && point != 9 - length)) return scan_number(text, out);
  const std::uint64_t whole_part = digits & ((std::uint64_t{1} << 8 * point) - 1);
  const std::uint64_t decimals = digits >> 8 * (point + 1) << 8 * (point + 1);
  const double number =
      static_cast<double>(eight_digits(decimals | whole_part << 8)) / powers_of_ten[7 - point];
  out.set_float64(signed_as(negative, number));
  return true;
}

}  // namespace weir::codecs
