#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace weir::testing {

/// A file that is written through one block of text, filled by hand.
///
/// Errors: throws where the file can't be written.
class block_output {
 public:
  static constexpr std::size_t room_bytes = 256 * 1024;

  explicit block_output(const std::string& path);
  ~block_output();
  block_output(const block_output&) = delete;
  block_output& operator=(const block_output&) = delete;

  /// Where the text goes on; there is room for `room_bytes` bytes.
  char* at() const { return at_; }
  /// The text goes on at `at`.
  void filled(char* at) {
    at_ = at;
    if (at_ - block_.get() > static_cast<std::ptrdiff_t>(room_bytes)) write();
  }
  void write();

 private:
  std::unique_ptr<char[]> block_;
  char* at_;
  int descriptor_;
};

}  // namespace weir::testing
