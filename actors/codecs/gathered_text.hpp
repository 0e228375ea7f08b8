#pragma once

#include <cstddef>
#include <memory>
#include <string>

namespace weir::codecs {

/// Text that is written piece by piece into a block that stays in the nearest cache, and goes to a
/// string block by block: a short piece costs neither a call nor a look at the string.
///
///   char* at = text.begin();
///   for (...) {
///     at = text.with_room(at);           // now there is room for `piece_max` bytes
///     at = put_something_short(at);
///     if (is_long) {
///       append_something_long(text.flush(at));
///       at = text.begin();
///     }
///   }
///   text.flush(at);
class gathered_text {
 public:
  static constexpr std::size_t piece_max = 8 * 1024;

  explicit gathered_text(std::string& out)
      : out_(out), block_(std::make_unique_for_overwrite<char[]>(block_bytes)) {}

  char* begin() { return block_.get(); }
  /// The last place behind which there is room: for loops that would else look it up each time.
  const char* full() const { return block_.get() + (block_bytes - piece_max); }
  char* with_room(char* at) {
    if (at <= full()) return at;
    flush(at);
    return begin();
  }
  /// Hands over what was written before `at`. The answer is the string, for what is appended to it
  /// in another way; the block is empty.
  std::string& flush(const char* at) {
    out_.append(block_.get(), static_cast<std::size_t>(at - block_.get()));
    return out_;
  }

 private:
  // Half of the nearest cache: with as much as all of it what is gathered has left it again before
  // it is handed over.
  static constexpr std::size_t block_bytes = 16 * 1024;

  std::string& out_;
  std::unique_ptr<char[]> block_;
};

}  // namespace weir::codecs
