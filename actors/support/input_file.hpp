#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "actors/support/owned_fd.hpp"
#include "runtime/base/result.hpp"

namespace weir {

/// A file, FIFO or device that is read from its start to its end, or standard input.
///
/// Time:    never waits for others: what is not there yet is not read, and who wants it waits until
///          `fd` is readable (`may_block`). A FIFO is opened without waiting for its writer, and
///          until it has one there is nothing to read yet.
/// Cut:     of a file that becomes shorter while it is read nothing behind its new end is given,
///          and `shrunk` tells of it.
/// Errors:  `open-file`, `read-file`, with errno's text as detail.
/// Threads: one thread at a time.
class input_file {
 public:
  /// What was opened: sockets count as pipes; terminals and devices are `other`.
  enum class kind { regular, pipe, other };

  /// `-` is standard input, which is neither closed nor changed.
  static result<input_file> open(const std::string& path);

  const std::string& path() const { return path_; }
  kind type() const { return kind_; }
  bool may_block() const { return kind_ != kind::regular; }
  int fd() const { return standard_input_ ? STDIN_FILENO : own_.get(); }
  /// Bytes of a regular file when it was opened.
  std::uint64_t size() const { return size_; }
  /// Bytes read so far.
  std::uint64_t offset() const { return offset_; }

  /// The cause with the path in front.
  error with_path(error cause) const;

  /// What to tell the user if the file was cut shorter while it was read, as far as that shows;
  /// none if not.
  std::optional<std::string> shrunk() const;

  /// Reads into the front of `room`; answers how many bytes, 0 at the end, none if there is nothing
  /// now (only of what may block).
  result<std::optional<std::size_t>> read(std::span<char> room);

  /// Whether several may read it at once, each a part that it has claimed.
  bool has_parts() const { return seekable_ && kind_ == kind::regular; }
  /// Claims the next `size` bytes, as if they had been read; answers where they begin.
  /// Requires: has_parts().
  std::uint64_t claim(std::size_t size);
  /// Reads a part that was claimed: how many bytes, fewer than there is room only at the file's
  /// end; or -errno. Threads: any.
  std::ptrdiff_t read_part(std::uint64_t begin, std::span<char> room) const noexcept;
  /// The cause of what `read_part` answered.
  error part_error(std::ptrdiff_t answer) const;
  /// The file ends there, whatever was claimed behind it.
  void end_at(std::uint64_t offset) { offset_ = offset; }

 private:
  input_file() = default;
  bool is_ready() const;
  /// Not those of /proc, which have no bytes by their size, and content.
  bool tells_size() const { return seekable_ && size_ > 0; }
  std::size_t sound(std::uint64_t begin, std::size_t count) const noexcept;

  std::string path_;
  kind kind_ = kind::regular;
  bool standard_input_ = false;
  bool seekable_ = false;
  owned_fd own_;
  std::uint64_t size_ = 0;
  std::uint64_t offset_ = 0;
  std::uint64_t begin_ = 0;  // where standard input stood when it was taken over
};

}  // namespace weir
