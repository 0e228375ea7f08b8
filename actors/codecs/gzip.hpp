#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "actors/codecs/packed_kind.hpp"
#include "actors/codecs/packer.hpp"

namespace weir::codecs {

/// Parts are members. In most data other than gzip one in 134 million bytes looks like one.
extern const packed_kind gzip_kind;

/// Unpacks gzip piece by piece, any number of members one after the other; zeros behind the last
/// (tapes, block devices) are skipped.
///
/// Memory:  about 40 KiB.
/// Errors:  `gzip-corrupt` and `gzip-truncated`, with the place in the packed input; all that
///          stands before the damage is given first.
/// Threads: one thread at a time.
class gzip_unpacker final : public part_unpacker {
 public:
  /// `offset`: where in the packed input it begins.
  explicit gzip_unpacker(std::uint64_t offset = 0);
  ~gzip_unpacker() override;

  result<std::size_t> unpack(std::string_view& packed, std::span<char> out) override;
  result<void> finish() override;
  bool in_part() const override;
  void go_on_at(std::uint64_t offset) override;
  std::size_t bytes() const override { return 40 * 1024; }

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
