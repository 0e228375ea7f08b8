#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "actors/codecs/packer.hpp"

namespace weir::codecs {

/// Whether an input that begins with `head` is gzip; two bytes are enough to tell.
bool is_gzip(std::string_view head);
/// Whether an input of which only `head` is known so far may turn out as gzip.
bool may_become_gzip(std::string_view head);

/// Unpacks gzip piece by piece, any number of members one after the other; zeros behind the last
/// (tapes, block devices) are skipped.
///
/// Memory:  about 40 KiB.
/// Errors:  `gzip-corrupt` and `gzip-truncated`, with the place in the packed input.
/// Threads: one thread at a time.
class gzip_unpacker final : public unpacker {
 public:
  gzip_unpacker();
  ~gzip_unpacker() override;

  result<std::size_t> unpack(std::string_view& packed, std::span<char> out) override;
  result<void> finish() override;

 private:
  struct stream;
  std::unique_ptr<stream> stream_;
};

/// Packs text as one gzip member.
///
/// Memory:  about 260 KiB.
/// Threads: one thread at a time.
class gzip_packer final : public packer {
 public:
  /// `level`: 1 (fast) to 9 (small).
  explicit gzip_packer(int level = 6);
  ~gzip_packer() override;

  void pack(std::string_view text, std::string& out) override;
  void flush(std::string& out) override;
  void finish(std::string& out) override;

 private:
  void run(std::string_view text, int mode, std::string& out);

  struct stream;
  std::unique_ptr<stream> stream_;
};

}  // namespace weir::codecs
