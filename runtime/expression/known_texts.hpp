#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string_view>

namespace weir {

/// Tells in which row a text was met before, for functions that cost more than a look: most columns
/// of texts have few distinct ones. Gives up where that is not so.
///
/// Memory: 64 texts, which have to outlive it.
class known_texts {
 public:
  static constexpr std::uint32_t unknown = std::numeric_limits<std::uint32_t>::max();

  /// The row of the same text, or `unknown`: then it is known from now on, if `row` is right.
  std::uint32_t row_of(std::string_view text, std::uint32_t row) {
    if (gave_up_) return unknown;
    entry& slot = entries_[hash_of(text) % entries_.size()];
    if (slot.row != unknown && slot.text == text) {
      ++hits_;
      return slot.row;
    }
    slot = {text, row};
    ++misses_;
    gave_up_ = misses_ == tries && hits_ < tries;
    return unknown;
  }

 private:
  static constexpr std::uint32_t tries = 128;

  struct entry {
    std::string_view text;
    std::uint32_t row = unknown;
  };

  // Of the length and both ends, which is where texts differ mostly; what it takes for one is
  // compared.
  static std::uint64_t hash_of(std::string_view text) {
    std::uint64_t head = 0;
    std::uint64_t tail = 0;
    if (text.size() >= sizeof head) {
      std::memcpy(&head, text.data(), sizeof head);
      std::memcpy(&tail, text.data() + text.size() - sizeof tail, sizeof tail);
    } else if (!text.empty()) {
      std::memcpy(&head, text.data(), text.size());
    }
    const std::uint64_t mixed = (head ^ (tail * 0x9E3779B97F4A7C15U)) + text.size();
    return (mixed * 0xFF51AFD7ED558CCDU) >> 48;
  }

  std::array<entry, 64> entries_;
  std::uint32_t hits_ = 0;
  std::uint32_t misses_ = 0;
  bool gave_up_ = false;
};

}  // namespace weir
