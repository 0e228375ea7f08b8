#pragma once

#include <bit>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace weir::codecs {

/// No int64 takes more characters.
inline constexpr std::size_t int64_text_max = 20;

/// Writes a number's decimal text to `to`; answers its end. Numbers of at most eight digits are
/// written all at once, without a branch a digit.
/// Requires: there is room for `int64_text_max` bytes.
inline char* put_int64(char* to, std::int64_t number) {
  constexpr std::uint64_t eight_digits_end = 100'000'000;
  const auto whole = static_cast<std::uint64_t>(number);
  if (std::endian::native != std::endian::little || whole >= eight_digits_end)
    return std::to_chars(to, to + int64_text_max, number).ptr;
  // Two fours, then four pairs, then eight digits, each in as many bits and the first lowest: what
  // was parted is less by as many times what it was parted by as was moved into the next place.
  std::uint64_t digits = whole / 10'000 + (whole % 10'000 << 32);
  const std::uint64_t hundreds = (digits * 10'486 >> 20) & 0x0000007F'0000007FULL;
  digits = hundreds + ((digits - hundreds * 100) << 16);
  const std::uint64_t tens = (digits * 103 >> 10) & 0x000F000F'000F000FULL;
  digits = tens + ((digits - tens * 10) << 8);
  // The last digit is written also where it is zero.
  const auto zeros = std::countr_zero(digits | std::uint64_t{1} << 56) / 8;
  digits = (digits | 0x30303030'30303030ULL) >> 8 * zeros;
  std::memcpy(to, &digits, sizeof digits);
  return to + 8 - zeros;
}

}  // namespace weir::codecs
