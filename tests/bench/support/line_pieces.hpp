#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace weir::testing {

/// A file's text in pieces of whole lines, read into one buffer that fits a core's own cache.
///
/// Memory: 64 bytes behind a piece may be read.
/// Errors: throws on a file that can't be read and on a line longer than `piece_bytes`.
class line_pieces {
 public:
  static constexpr std::size_t piece_bytes = 256 * 1024;

  explicit line_pieces(const std::string& path);
  ~line_pieces();
  line_pieces(const line_pieces&) = delete;
  line_pieces& operator=(const line_pieces&) = delete;

  /// The next piece, good until the next call; empty at the end of the file.
  std::string_view next();

 private:
  std::unique_ptr<char[]> buffer_;
  int descriptor_;
  std::size_t file_offset_ = 0;
  std::size_t given_ = 0;  // of the buffer
  std::size_t filled_ = 0;
};

}  // namespace weir::testing
