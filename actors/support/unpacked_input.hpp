#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>

#include "actors/codecs/packer.hpp"
#include "actors/support/input_file.hpp"

namespace weir {

/// The content of a file, FIFO or standard input: what is gzip or zstd by its first
/// bytes is unpacked.
///
/// Memory:  128 KiB of packed bytes, and what the unpacker needs.
/// Errors:  those of `input_file` and the unpacker, with the path.
/// Threads: one thread at a time.
class unpacked_input {
 public:
  static result<unpacked_input> open(const std::string& path);

  const input_file& file() const { return file_; }
  /// Reads content into the front of `room`; answers how many bytes, 0 at the end, none if there is
  /// nothing now (only of what may block).
  /// Requires: `room` is not empty.
  result<std::optional<std::size_t>> read(std::span<char> room);

 private:
  explicit unpacked_input(input_file file) : file_(std::move(file)) {}

  result<std::optional<std::size_t>> read_packed(std::span<char> room);
  error with_path(error cause) const;

  input_file file_;
  std::unique_ptr<codecs::unpacker> unpacker_;  // none: the file is not packed
  std::string packed_;        // read and not yet unpacked, or not yet known to be packed
  std::size_t unpacked_ = 0;  // bytes at the front of `packed_` that are done with
  bool kind_known_ = false;
  bool ended_ = false;
};

}  // namespace weir
