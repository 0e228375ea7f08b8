#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "actors/codecs/packer.hpp"

namespace weir::codecs {

/// Whether an input that begins with `head` is zstd; four bytes are enough to tell.
bool is_zstd(std::string_view head);
/// Whether an input of which only `head` is known so far may turn out as zstd.
bool may_become_zstd(std::string_view head);

/// Unpacks zstd piece by piece, any number of frames one after the other; skippable frames are
/// skipped.
///
/// Memory:  the frame's window, at most 128 MiB, and about 400 KiB.
/// Errors:  `zstd-corrupt`, at the block that is damaged; `zstd-truncated`; `zstd-unsupported` for
/// a
///          frame with a larger window or one that wants a dictionary. Each with the place in the
///          packed input.
/// Threads: one thread at a time.
class zstd_unpacker final : public unpacker {
 public:
  zstd_unpacker();
  ~zstd_unpacker() override;

  result<std::size_t> unpack(std::string_view& packed, std::span<char> out) override;
  result<void> finish() override;

 private:
  bool begin_frame(std::string_view& packed);

  struct stream;
  std::unique_ptr<stream> stream_;
};

/// Packs text as one zstd frame with a checksum.
///
/// Memory:  about 4 MiB at level 3.
/// Threads: one thread at a time.
class zstd_packer final : public packer {
 public:
  /// `level`: 1 (fast) to 19 (small).
  explicit zstd_packer(int level = 3);
  ~zstd_packer() override;

  void pack(std::string_view text, std::string& out) override;
  void flush(std::string& out) override;
  void finish(std::string& out) override;

 private:
  void run(std::string_view text, int mode, std::string& out);

  struct stream;
  std::unique_ptr<stream> stream_;
};

}  // namespace weir::codecs
