#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/base/byte_size.hpp"
#include "runtime/base/result.hpp"

namespace weir {

/// A longer line is no dead letter: the largest record, and how it is written, are shorter.
inline constexpr byte_size letter_bytes_max = 1_GiB;

/// A file of dead letters that is read several times.
///
/// Threads: const calls from any thread.
class letter_file {
 public:
  /// What is no regular file (`-` for standard input, a pipe) is copied to a file without a name in
  /// `temporary_folder` first.
  /// Errors: `open-file`, `read-file`, `write-file`.
  static result<std::shared_ptr<const letter_file>> open(const std::string& path,
                                                         const std::string& temporary_folder);

  letter_file(int descriptor, std::string name) : descriptor_(descriptor), name_(std::move(name)) {}
  ~letter_file();
  letter_file(const letter_file&) = delete;
  letter_file& operator=(const letter_file&) = delete;

  /// As the user knows it.
  const std::string& name() const { return name_; }
  /// Whether `path` is this very file.
  bool is(const std::string& path) const;
  /// Bytes from there on, into `into`; 0 at the end.
  result<std::size_t> read(std::uint64_t offset, char* into, std::size_t size) const;

 private:
  int descriptor_;
  std::string name_;
};

/// The lines of a file, one after the other.
///
/// Memory:  the longest line.
/// Threads: one thread at a time.
class letter_lines {
 public:
  explicit letter_lines(std::shared_ptr<const letter_file> of) : of_(std::move(of)) {}

  /// The next line that is not empty, without its end; none at the end of the file. It stays until
  /// the next call.
  /// Errors: `read-file`, `line-too-long`.
  result<std::optional<std::string_view>> next();
  /// Of the last one, from 1.
  std::uint64_t number() const { return number_; }

 private:
  result<bool> read_more();

  std::shared_ptr<const letter_file> of_;
  std::string bytes_;
  std::size_t at_ = 0;  // in them
  std::uint64_t offset_ = 0;
  std::uint64_t number_ = 0;
};

}  // namespace weir
