#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

namespace weir {

/// Texts are counted in Unicode code points: whatever is no continuation of UTF-8 begins one.
inline bool begins_code_point(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

/// Eight bytes at once: of a continuation the highest bit is set and the next one is not.
inline std::int64_t code_points(std::string_view text) {
  std::size_t continued = 0;
  std::size_t at = 0;
  const auto count = [&](std::uint64_t word) {
    constexpr std::uint64_t ones = 0x0101010101010101U;
    continued += ((word >> 7 & ~word >> 6 & ones) * ones) >> 56;
  };
  const auto word_at = [&](std::size_t offset) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + offset, sizeof word);
    return word;
  };
  for (; at + 8 <= text.size(); at += 8) count(word_at(at));
  const std::size_t rest = text.size() - at;
  if (rest > 0 && at > 0) {
    // The last eight bytes, without those that were counted: these lie lowest.
    static_assert(std::endian::native == std::endian::little);
    count(word_at(text.size() - 8) >> (8 * (8 - rest)));
  } else {
    for (; at < text.size(); ++at) continued += begins_code_point(text[at]) ? 0 : 1;
  }
  return static_cast<std::int64_t>(text.size() - continued);
}

/// The byte at which code point number `position` begins; the end for the one behind the last; none
/// for what lies outside.
inline std::optional<std::size_t> byte_of(std::string_view text, std::int64_t position) {
  if (position < 0) return std::nullopt;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (begins_code_point(text[i]) && position-- == 0) return i;
  if (position > 0) return std::nullopt;
  return text.size();
}

/// The first code point of a text, `''` of none.
inline std::string_view first_code_point(std::string_view text) {
  std::size_t end = text.empty() ? 0 : 1;
  while (end < text.size() && !begins_code_point(text[end])) ++end;
  return text.substr(0, end);
}

}  // namespace weir
