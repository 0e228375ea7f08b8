#pragma once

#include <algorithm>
#include <bit>
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

/// Each lane less that of `by`, modulo 256.
inline byte_lanes less_by(byte_lanes lanes, byte_lanes by) {
  using unsigned_lanes [[gnu::vector_size(16)]] = unsigned char;
  return reinterpret_cast<byte_lanes>(reinterpret_cast<unsigned_lanes>(lanes) -
                                      reinterpret_cast<unsigned_lanes>(by));
}
inline byte_lanes less_by(byte_lanes lanes, unsigned char by) {
  return less_by(lanes, all_lanes(static_cast<char>(by)));
}

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

/// The place of the first byte of `text` for which `test`, from lanes to lanes, holds; its size if
/// there is none.
/// Requires: `lane_count` bytes may be read from wherever `text` has one.
template <class Test>
std::size_t find_byte(std::string_view text, Test test) {
  for (std::size_t at = 0; at < text.size(); at += lane_count) {
    const auto bits = lane_bits(test(load_lanes(text.data() + at)));
    if (bits != 0) return std::min(at + static_cast<unsigned>(std::countr_zero(bits)), text.size());
  }
  return text.size();
}

/// The first byte from `at` on for which `test`, from lanes to lanes, holds; `end` if there is
/// none: where it is mostly more than sixteen bytes ahead. 64 bytes are looked at together, so that
/// how often is easy to guess. Requires: 64 bytes may be read from wherever there is one, and from
/// `end`.
template <class Test>
[[gnu::always_inline]] inline const char* find_far_byte(const char* at, const char* end,
                                                        Test test) {
  std::uint64_t bits = 0;
  for (;;) {
    for (unsigned i = 0; i < 4 * lane_count; i += lane_count)
      bits |= std::uint64_t{lane_bits(test(load_lanes(at + i)))} << i;
    if (bits != 0) break;
    at += 4 * lane_count;
    if (at >= end) return end;
  }
  at += static_cast<unsigned>(std::countr_zero(bits));
  // By a branch that is all but never taken, as what comes next waits for the place.
  if (__builtin_expect_with_probability(at > end, 0, 0.999)) return end;
  return at;
}

/// The same where it is mostly within sixteen bytes.
template <class Test>
[[gnu::always_inline]] inline const char* find_byte(const char* at, const char* end, Test test) {
  const auto bits = lane_bits(test(load_lanes(at)));
  if (bits == 0) {
    at += lane_count;
    return at < end ? find_far_byte(at, end, test) : end;
  }
  at += static_cast<unsigned>(std::countr_zero(bits));
  if (__builtin_expect_with_probability(at > end, 0, 0.999)) return end;
  return at;
}

/// What is copied at once: most texts take one step, so that how many it takes is easy to guess.
inline constexpr std::size_t copy_step = 2 * lane_count;

/// Copies one step.
inline void put_step(char* to, const char* from) {
  const auto first = load_lanes(from);
  const auto second = load_lanes(from + lane_count);
  store_lanes(to, first);
  store_lanes(to + lane_count, second);
}

/// Copies `text` in steps of `Lanes` times sixteen bytes, and answers whether `test` sets the
/// highest bit of one of its bytes' lanes: to look and to copy at once is cheaper than a call where
/// texts are short. How many steps a text takes is easy to guess where most take one. Requires: a
/// step's bytes may be read, and written, from wherever `text` has one. It is not empty.
template <unsigned Lanes, class Test>
[[gnu::always_inline]] inline bool copy_and_test(char* to, std::string_view text, Test test) {
  constexpr std::size_t step = Lanes * lane_count;
  std::size_t at = 0;
  byte_lanes found{};
  for (; at + step < text.size(); at += step)
    for (std::size_t i = 0; i < step; i += lane_count) {
      const auto lanes = load_lanes(text.data() + at + i);
      store_lanes(to + at + i, lanes);
      found |= test(lanes);
    }
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < step; i += lane_count) {
    const auto lanes = load_lanes(text.data() + at + i);
    store_lanes(to + at + i, lanes);
    bits |= std::uint64_t{lane_bits(test(lanes))} << i;
  }
  // Without the bits behind the text.
  const std::uint64_t in_text = bits << ((at - text.size()) % step + (64 - step));
  return (lane_bits(found) | in_text) != 0;
}

/// Copies `text` in whole blocks.
/// Requires: `lane_count` bytes may be read, and written, from wherever `text` has one.
inline void copy_lanes(char* to, std::string_view text) {
  for (std::size_t at = 0; at < text.size(); at += lane_count)
    store_lanes(to + at, load_lanes(text.data() + at));
}

}  // namespace weir::codecs
