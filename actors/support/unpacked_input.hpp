#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>

#include "actors/codecs/packer.hpp"
#include "actors/support/input_file.hpp"
#include "actors/support/packed_slices.hpp"

namespace weir {

/// The content of a file, FIFO or standard input: what is gzip or zstd by its first
/// bytes is unpacked, where it is a regular file by several readers side by side if there are any.
///
/// Memory:  128 KiB of packed bytes, and what the unpacker needs; with several readers that of
///          `packed_slices`.
/// Errors:  those of `input_file` and the unpacker, with the path.
/// Threads: one thread at a time.
class unpacked_input {
 public:
  /// `readers`: how many share it, by a lock.
  static result<unpacked_input> open(const std::string& path, unsigned readers = 1);

  const input_file& file() const { return file_; }
  /// The file, where the rest of its content is as it lies there, to be read in parts; else null.
  input_file* parts();
  /// Reads content into the front of `room`; answers how many bytes, 0 at the end, none if there is
  /// nothing now: of what may block, and where a slice has to be unpacked first.
  /// Requires: `room` is not empty.
  result<std::optional<std::size_t>> read(std::span<char> room);
  /// A slice for the caller to unpack, see `packed_slices`; none if there is none now.
  std::shared_ptr<packed_slice> take_slice() { return slices_ ? slices_->take(file_) : nullptr; }

 private:
  unpacked_input(input_file file, unsigned readers) : file_(std::move(file)), readers_(readers) {}

  void find_kind(bool ended);
  result<std::optional<std::size_t>> read_packed(std::span<char> room);

  input_file file_;
  unsigned readers_;
  std::unique_ptr<codecs::unpacker> unpacker_;  // none: the file is not packed, or in slices
  std::optional<packed_slices> slices_;
  std::string packed_;        // read and not yet unpacked, or not yet known to be packed
  std::size_t unpacked_ = 0;  // bytes at the front of `packed_` that are done with
  bool kind_known_ = false;
  bool ended_ = false;
};

}  // namespace weir
