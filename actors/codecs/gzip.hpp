#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "runtime/base/result.hpp"

namespace weir::codecs {

/// Whether an input that begins with `head` is gzip; two bytes are enough to tell.
bool is_gzip(std::string_view head);

/// Unpacks gzip piece by piece, any number of members one after the other; zeros behind the last
/// (tapes, block devices) are skipped.
///
/// Memory:  about 40 KiB.
/// Errors:  `gzip-corrupt` and `gzip-truncated`, with the place in the packed input.
/// Threads: one thread at a time.
class gzip_unpacker {
 public:
  gzip_unpacker();
  ~gzip_unpacker();
  gzip_unpacker(gzip_unpacker&&) noexcept;
  gzip_unpacker& operator=(gzip_unpacker&&) noexcept;

  /// Unpacks from the front of `packed`, which it shortens, into `out`; answers the bytes written.
  /// As long as `out` is filled to its end there may be more: call again, also with nothing left
  /// packed.
  result<std::size_t> unpack(std::string_view& packed, std::span<char> out);

  /// Says that the packed input has ended.
  result<void> finish();

 private:
  struct stream;
  std::unique_ptr<stream> stream_;
};

/// Packs text as one gzip member.
///
/// Memory:  about 260 KiB.
/// Threads: one thread at a time.
class gzip_packer {
 public:
  /// `level`: 1 (fast) to 9 (small).
  explicit gzip_packer(int level = 6);
  ~gzip_packer();
  gzip_packer(gzip_packer&&) noexcept;
  gzip_packer& operator=(gzip_packer&&) noexcept;

  /// Appends what `text` makes to `out`, as far as it is due.
  void pack(std::string_view text, std::string& out);
  /// Appends all that is held back, so that a reader of `out` has everything so far.
  void flush(std::string& out);
  /// Appends the rest and the member's end. Nothing may follow.
  void finish(std::string& out);

 private:
  void run(std::string_view text, int mode, std::string& out);

  struct stream;
  std::unique_ptr<stream> stream_;
};

}  // namespace weir::codecs
