#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace weir {

/// Text that is written at its end. Unlike a string it gives room without clearing it, so that a
/// text that is put together from short pieces is written where it stays:
///
///   char* at = text.end();
///   for (...) {
///     at = text.with_room(at);  // now there is room for `piece_max` bytes
///     at = put_something_short(at);
///     if (is_long) at = text.append_at(at, [&](std::string& out) { append_something_long(out); });
///   }
///   text.end_at(at);
///
/// Memory:  up to twice what its longest text needed, until it goes. What is behind the text is
///          unspecified.
/// Threads: one thread at a time, any number to read.
class text_buffer {
 public:
  static constexpr std::size_t piece_max = 8 * 1024;

  std::string_view view() const { return {data(), size_}; }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  std::size_t capacity() const { return capacity_; }

  /// Empties it; its room stays. What comes will be written at `place` of a file: it lies at the
  /// same place in 64 bytes of memory, for so the system copies it a tenth faster.
  void clear(std::uint64_t place = 0);

  text_buffer& operator+=(std::string_view more);
  text_buffer& operator+=(char more) { return *this += std::string_view(&more, 1); }
  /// Appends what `write` appends to an empty string.
  template <class Write>
  text_buffer& append_by(Write write) {
    string_.clear();
    write(string_);
    return *this += string_;
  }

  /// Where the text goes on; there is room for `piece_max` bytes. Valid, like all other places,
  /// until the text or its room changes.
  char* end() {
    make_room(piece_max);
    return data() + size_;
  }
  /// The last place behind which there is room for a piece.
  const char* full() const { return bytes_.get() + (capacity_ - piece_max); }
  /// The text goes on at `at`, maybe elsewhere. Requires: `at` came from `end`, and was moved on
  /// within its room.
  char* with_room(char* at) {
    if (at <= full()) return at;
    end_at(at);
    return end();
  }
  /// What stands before `at` is the text. Requires: the same.
  void end_at(const char* at) { size_ = static_cast<std::size_t>(at - data()); }
  /// The same, and `append_by` behind it; answers where the text goes on.
  template <class Write>
  char* append_at(const char* at, Write write) {
    end_at(at);
    append_by(write);
    return end();
  }

 private:
  char* data() { return bytes_.get() + front_; }
  const char* data() const { return bytes_.get() + front_; }
  void make_room(std::size_t bytes) {
    if (capacity_ - front_ - size_ < bytes) grow(bytes);
  }
  void grow(std::size_t bytes);

  std::unique_ptr<char[]> bytes_;
  std::size_t capacity_ = 0;
  std::size_t front_ = 0;  // where the text begins
  std::size_t size_ = 0;
  std::string string_;  // what is being appended by what knows strings alone
};

}  // namespace weir
