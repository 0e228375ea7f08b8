#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

// What is done with sixteen bytes at once: all code that is written wide stands on these.
namespace weir::codecs {

/// Sixteen bytes. Comparisons answer lanes that are all ones where they hold.
using byte_lanes [[gnu::vector_size(16)]] = signed char;

inline constexpr std::size_t lane_count = 16;

inline byte_lanes load_lanes(const char* from) {
  byte_lanes out;
  std::memcpy(&out, from, sizeof out);
  return out;
}

inline void store_lanes(char* to, byte_lanes lanes) { std::memcpy(to, &lanes, sizeof lanes); }

inline byte_lanes all_lanes(char c) { return byte_lanes{} + static_cast<signed char>(c); }

/// The highest bit of each lane, that of the first lane least significant.
inline std::uint32_t lane_bits(byte_lanes lanes) {
#if defined(__SSE2__)
  return static_cast<std::uint32_t>(_mm_movemask_epi8(reinterpret_cast<__m128i>(lanes)));
#else
  std::uint32_t bits = 0;
  for (std::size_t i = 0; i < lane_count; ++i)
    bits |= static_cast<std::uint32_t>(lanes[i] < 0 ? 1 : 0) << i;
  return bits;
#endif
}

/// Whether a byte of `text` is one for which `test`, from lanes to lanes, holds.
/// Requires: `lane_count` bytes may be read from wherever a block of `text` begins, so that many
///           behind its end less one.
template <class Test>
bool any_byte(std::string_view text, Test test) {
  byte_lanes found{};
  std::size_t at = 0;
  for (; at + lane_count < text.size(); at += lane_count)
    found |= test(load_lanes(text.data() + at));
  const auto rest = text.size() - at;
  const auto in_text = (std::uint32_t{1} << rest) - 1;
  const auto last = lane_bits(test(load_lanes(text.data() + at))) & in_text;
  return (lane_bits(found) | last) != 0;
}

/// Copies `text` in whole blocks: cheaper than a call where texts are short.
/// Requires: as for `any_byte`, of both sides.
inline void copy_lanes(char* to, std::string_view text) {
  std::size_t at = 0;
  do {
    store_lanes(to + at, load_lanes(text.data() + at));
    at += lane_count;
  } while (at < text.size());
}

}  // namespace weir::codecs
