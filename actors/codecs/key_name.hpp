#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "actors/codecs/byte_lanes.hpp"

namespace weir::codecs {

/// The name of a key, made to be compared with a key in a buffer: a few instructions and no call
/// for names of at most 16 bytes.
class key_name {
 public:
  /// Bytes that are read of a key, however short it is.
  static constexpr std::size_t bytes_read = lane_count;

  explicit key_name(std::string_view text) : text_(text), name_(text) {
    // With something to escape it may be written in several ways; it is looked for by its text.
    const bool is_plain = std::none_of(text.begin(), text.end(), [](char c) {
      return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\';
    });
    if (!is_plain) return;
    member_text_ = '"' + text_ + "\":";
    member_ = compared(member_text_);
  }

  const std::string& text() const { return text_; }

  /// Whether `key` is this name.
  /// Requires: `bytes_read` bytes may be read from where `key` begins.
  bool is(std::string_view key) const {
    return key.size() == text_.size() && name_.begins(key.data()) &&
           (key.size() <= bytes_read || key == text_);
  }
  /// How long `"name":` is; 0 where it has escapes.
  std::uint32_t member_size() const { return static_cast<std::uint32_t>(member_text_.size()); }
  /// Whether `"name":` stands at `at`.
  /// Requires: member_size() > 0, and as many bytes, `bytes_read` at least, may be read there.
  bool begins(const char* at) const {
    return member_.begins(at) && (member_text_.size() <= bytes_read ||
                                  std::memcmp(at, member_text_.data(), member_text_.size()) == 0);
  }

 private:
  // Up to `bytes_read` bytes, the others being whatever they are.
  struct compared {
    compared() = default;
    explicit compared(std::string_view text) {
      const auto count = std::min(text.size(), bytes_read);
      std::memset(&kept, 0xFF, count);
      std::memcpy(&bytes, text.data(), count);
    }
    bool begins(const char* at) const {
      constexpr std::uint32_t all = 0xFFFF;
      return lane_bits((load_lanes(at) & kept) == bytes) == all;
    }

    byte_lanes bytes{};
    byte_lanes kept{};
  };

  std::string text_;
  compared name_;
  compared member_;
  std::string member_text_;  // empty: none of its own
};

}  // namespace weir::codecs
