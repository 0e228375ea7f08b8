#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "actors/support/owned_fd.hpp"
#include "runtime/base/result.hpp"

namespace weir {

/// A file without a name for what does not fit into memory: written at its end, read anywhere.
///
/// It goes with its owner or with the process, however that ends.
///
/// Memory:  64 KiB for what is not yet written; none once `flush` was called.
/// Time:    waits for the disk.
/// Errors:  `spill-file`, with the folder and how much was written.
/// Threads: one thread at a time.
class spill_file {
 public:
  static result<std::shared_ptr<spill_file>> open(const std::string& folder);

  result<void> append(std::string_view bytes);
  result<void> flush();
  /// Reads up to `size` bytes, less at the end of the file, and answers how many.
  /// Requires: what is read was flushed.
  result<std::size_t> read(std::uint64_t offset, char* to, std::size_t size) const;

  /// All that was appended, in bytes.
  std::uint64_t size() const { return written_ + waiting_.size(); }
  const std::string& folder() const { return folder_; }

 private:
  spill_file(std::string folder, owned_fd fd) : folder_(std::move(folder)), fd_(std::move(fd)) {}
  tl::unexpected<error> failed(int error_number) const;

  std::string folder_;
  owned_fd fd_;
  std::string waiting_;
  std::uint64_t written_ = 0;
};

}  // namespace weir
