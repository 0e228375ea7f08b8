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

  explicit key_name(std::string_view text) : text_(text) {
    std::array<unsigned char, bytes_read> mask{};
    const auto count = std::min(text.size(), bytes_read);
    std::memset(mask.data(), 0xFF, count);
    std::memcpy(masks_.data(), mask.data(), bytes_read);
    std::memcpy(words_.data(), text.data(), count);
  }

  const std::string& text() const { return text_; }

  /// Whether `key` is this name.
  /// Requires: `bytes_read` bytes may be read from where `key` begins.
  bool is(std::string_view key) const {
    if (key.size() != text_.size()) return false;
    std::array<std::uint64_t, 2> words{};
    std::memcpy(words.data(), key.data(), bytes_read);
    const auto differ = ((words[0] ^ words_[0]) & masks_[0]) | ((words[1] ^ words_[1]) & masks_[1]);
    return differ == 0 && (key.size() <= bytes_read || key == text_);
  }

 private:
  std::string text_;
  std::array<std::uint64_t, 2> words_{};
  std::array<std::uint64_t, 2> masks_{};
};

}  // namespace weir::codecs
