#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "actors/support/owned_fd.hpp"
#include "runtime/base/result.hpp"

namespace weir {

/// A file that is written from its start to its end, and that others see only when it is whole.
///
/// `replace` writes to `.NAME.weir-tmp` in the same folder; then the file takes its name
/// (`publish`), or `NAME.partial` (`publish_partial`), or goes (`discard`). What a killed process
/// left is overwritten by the next run. `append` writes behind what is there; `discard` takes that
/// back. What is not a regular file (a device, a FIFO) is written in place, and nothing is taken
/// back.
///
/// A file that is dropped without one of the three is discarded.
///
/// Time:    writing waits for the disk or device but never for others: a FIFO (`is_fifo`) takes
///          what it has room for, and who writes to it waits until there is some.
/// Order:   bytes are handed to the system in order; they are on the disk when the system says so.
/// Errors:  `open-file`, `no-reader` of a FIFO that nobody reads yet, `file-locked` if another run
///          writes the same file now, `write-file`; each with errno's text as detail.
/// Threads: one thread at a time.
/// Requires: the process ignores SIGPIPE, if it writes to a FIFO.
class output_file {
 public:
  enum class mode { replace, append };

  static result<output_file> open(const std::string& path, mode how);
  output_file(output_file&&) noexcept;
  output_file& operator=(output_file&&) noexcept;
  ~output_file();

  /// The name the file gets, as it was given.
  const std::string& path() const { return path_; }
  int fd() const { return fd_.get(); }
  bool is_fifo() const { return is_fifo_; }
  /// Bytes that stood in the file before: 0 but for `append`.
  std::uint64_t bytes_before() const { return bytes_before_; }
  std::uint64_t bytes_written() const { return bytes_written_; }

  /// Writes all of `bytes`.
  /// Requires: it is no FIFO.
  result<void> write(std::string_view bytes);

  /// Takes back what was written beyond so many bytes of this run.
  /// Errors: `write-file`; `not-undone` where it is no regular file and there is something to undo.
  result<void> roll_back(std::uint64_t bytes_written);

  /// Gives the file its name.
  result<void> publish();
  /// Gives the file the name of an unfinished one, and answers it. What was appended stays, under
  /// the file's own name.
  result<std::string> publish_partial();
  /// Takes back all that was written.
  void discard();

 private:
  enum class place { temporary, appended, in_place };

  output_file() = default;
  static result<output_file> open_temporary(output_file file);
  static result<output_file> open_appended(output_file file);
  static result<output_file> open_in_place(output_file file, bool is_fifo);
  result<void> rename_to(const std::string& name);

  std::string path_;
  std::string target_;     // `path_`, or what it is a symbolic link to
  std::string temporary_;  // while the file is there under that name
  place place_ = place::in_place;
  bool created_ = false;  // by this run, to append to
  bool is_fifo_ = false;
  owned_fd fd_;
  std::uint64_t bytes_before_ = 0;
  std::uint64_t bytes_written_ = 0;
};

}  // namespace weir
