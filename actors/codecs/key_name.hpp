#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace weir::codecs {

/// The name of a key, made to be compared with a key in a buffer: a few instructions and no call
/// for names of at most 16 bytes.
class key_name {
 public:
  /// Bytes that are read of a key, however short it is.
  static constexpr std::size_t bytes_read = 16;

  explicit key_name(std::string_view text) : text_(text), name_(text) {
    // With something to escape it may be written in several ways; it is looked for by its text.
    const bool is_plain = std::none_of(text.begin(), text.end(), [](char c) {
      return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\';
    });
    const std::string member = '"' + text_ + "\":";
    if (is_plain && member.size() <= bytes_read) {
      member_ = compared(member);
      member_size_ = static_cast<std::uint32_t>(member.size());
    }
  }

  const std::string& text() const { return text_; }

  /// Whether `key` is this name.
  /// Requires: `bytes_read` bytes may be read from where `key` begins.
  bool is(std::string_view key) const {
    return key.size() == text_.size() && name_.begins(key.data()) &&
           (key.size() <= bytes_read || key == text_);
  }
  /// How long `"name":` is; 0 where it is too long to be compared at once, or has escapes.
  std::uint32_t member_size() const { return member_size_; }
  /// Whether `"name":` stands at `at`.
  /// Requires: member_size() > 0, and `bytes_read` bytes may be read there.
  bool begins(const char* at) const { return member_.begins(at); }

 private:
  // Up to `bytes_read` bytes, the others being whatever they are.
  struct compared {
    compared() = default;
    explicit compared(std::string_view text) {
      const auto count = std::min(text.size(), bytes_read);
      std::array<unsigned char, bytes_read> mask{};
      std::memset(mask.data(), 0xFF, count);
      std::memcpy(masks.data(), mask.data(), bytes_read);
      std::memcpy(words.data(), text.data(), count);
    }
    bool begins(const char* at) const {
      std::array<std::uint64_t, 2> other{};
      std::memcpy(other.data(), at, bytes_read);
      return (((other[0] ^ words[0]) & masks[0]) | ((other[1] ^ words[1]) & masks[1])) == 0;
    }

    std::array<std::uint64_t, 2> words{};
    std::array<std::uint64_t, 2> masks{};
  };

  std::string text_;
  compared name_;
  compared member_;
  std::uint32_t member_size_ = 0;
};

}  // namespace weir::codecs
