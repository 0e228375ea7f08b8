#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "actors/codecs/packed_kind.hpp"
#include "actors/codecs/packer.hpp"

namespace weir::codecs {

/// Parts are frames, also those that are skipped. One in 252 million bytes of anything else looks
/// like one.
extern const packed_kind zstd_kind;

/// Unpacks zstd piece by piece, any number of frames one after the other; skippable frames are
/// skipped. A large part is a frame whose window and whose text are both larger than 8 MiB.
///
/// Memory:  the frame's window, at most 128 MiB, and about 400 KiB.
/// Errors:  `zstd-corrupt`, at the block that is damaged; `zstd-truncated`; `zstd-unsupported` for
///          a frame with a larger window or one that wants a dictionary. Each with the place in the
///          packed input; all that the blocks before make is given first.
/// Threads: one thread at a time.
class zstd_unpacker final : public part_unpacker {
 public:
  /// `offset`: where in the packed input it begins.
  explicit zstd_unpacker(std::uint64_t offset = 0);
  ~zstd_unpacker() override;

  result<std::size_t> unpack(std::string_view& packed, std::span<char> out) override;
  result<void> finish() override;
  bool in_part() const override;
  void go_on_at(std::uint64_t offset) override;
  void allow_large_parts(bool allowed) override;
  std::size_t bytes() const override;

 private:
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
