#pragma once

#include <bit>
#include <cstdint>

#include "actors/codecs/byte_lanes.hpp"

namespace weir::codecs {

/// Goes over the delimiters and line ends of CSV text, 64 bytes at once. It knows no quotes.
///
/// Requires: 64 bytes may be read behind the text.
class csv_ends {
 public:
  csv_ends() = default;
  csv_ends(const char* bytes, std::uint32_t begin, std::uint32_t end, char delimiter)
      : bytes_(bytes), end_(end), delimiter_(all_lanes(delimiter)) {
    go_to(begin);
  }

  /// The place of the next one; the text's end if there is none.
  std::uint32_t next() {
    while (bits_ == 0) {
      if (end_ - block_ <= block_bytes) return end_;
      look(block_ + block_bytes);
    }
    const auto at = block_ + static_cast<std::uint32_t>(std::countr_zero(bits_));
    bits_ &= bits_ - 1;
    return at;
  }

  /// The next one is the first from `at` on.
  /// Requires: `at` is not beyond the text's end.
  void go_to(std::uint32_t at) { look(at); }

 private:
  static constexpr std::uint32_t block_bytes = 4 * lane_count;

  void look(std::uint32_t at) {
    block_ = at;
    bits_ = 0;
    for (std::uint32_t i = 0; i < block_bytes; i += lane_count) {
      const auto lanes = load_lanes(bytes_ + at + i);
      bits_ |= std::uint64_t{lane_bits((lanes == delimiter_) | (lanes == '\n'))} << i;
    }
    const auto left = end_ - at;
    if (left < block_bytes) bits_ &= (std::uint64_t{1} << left) - 1;
  }

  const char* bytes_ = nullptr;
  std::uint32_t end_ = 0;
  byte_lanes delimiter_{};
  std::uint32_t block_ = 0;
  std::uint64_t bits_ = 0;  // of the block, those that were not given
};

}  // namespace weir::codecs
