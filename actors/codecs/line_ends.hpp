#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <span>

#include "actors/codecs/byte_lanes.hpp"

namespace weir::codecs {

/// The places of the line ends in a text, listed some kilobytes ahead: how long a line is is hard
/// to guess, and so nothing waits for it.
class line_ends {
 public:
  /// Of the bytes from `begin` to `end` of `bytes`.
  /// Requires: 64 bytes may be read from wherever there is one (`buffer::padding`).
  line_ends(const char* bytes, std::uint32_t begin, std::uint32_t end)
      : bytes_(bytes), at_(begin), end_(end) {}

  /// The next ones, in order; empty if there are no more.
  std::span<const std::uint32_t> next() {
    while (taken_ == listed_ && at_ < end_) list();
    return {ends_.data() + taken_, listed_ - taken_};
  }
  /// Moves on behind the first `count` of them.
  void take(std::size_t count) { taken_ += count; }

 private:
  static constexpr std::uint32_t block = 4 * lane_count;
  static constexpr std::uint32_t listed_at_once = 64 * block;

  void list() {
    const auto behind = at_ + std::min(end_ - at_, listed_at_once);
    const char* const bytes = bytes_;
    std::uint32_t* to = ends_.data();
    std::uint32_t at = at_;
    for (; at < behind; at += block) {
      std::uint64_t bits = 0;
      for (unsigned i = 0; i < block; i += lane_count)
        bits |= std::uint64_t{lane_bits(load_lanes(bytes + at + i) == '\n')} << i;
      // The first without a branch, for whether there is one can't be guessed; mostly it is alone.
      constexpr std::uint64_t last = std::uint64_t{1} << (block - 1);
      *to = at + static_cast<std::uint32_t>(std::countr_zero(bits | last));
      to += bits == 0 ? 0 : 1;
      for (bits &= bits - 1; bits != 0; bits &= bits - 1)
        *to++ = at + static_cast<std::uint32_t>(std::countr_zero(bits));
    }
    at_ = at;
    while (to > ends_.data() && to[-1] >= end_) --to;
    listed_ = static_cast<std::size_t>(to - ends_.data());
    taken_ = 0;
  }

  const char* bytes_;
  std::uint32_t at_;  // what stands before it has been listed
  std::uint32_t end_;
  std::size_t listed_ = 0;
  std::size_t taken_ = 0;
  std::array<std::uint32_t, listed_at_once + 1> ends_ = {};
};

}  // namespace weir::codecs
