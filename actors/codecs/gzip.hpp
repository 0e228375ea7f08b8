#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "actors/codecs/packer.hpp"

namespace weir::codecs {

/// Whether an input that begins with `head` is gzip; two bytes are enough to tell.
bool is_gzip(std::string_view head);
/// Whether an input of which only `head` is known so far may turn out as gzip.
bool may_become_gzip(std::string_view head);

/// The first place from `from` on where a member may begin: each member begins at such a place, and
/// one in 134 million bytes of anything else looks like one. None: `npos`; in the last three bytes
/// it can't be told.
std::size_t find_gzip_member(std::string_view packed, std::size_t from);

/// Unpacks gzip piece by piece, any number of members one after the other; zeros behind the last
/// (tapes, block devices) are skipped.
///
/// Memory:  about 40 KiB.
/// Errors:  `gzip-corrupt` and `gzip-truncated`, with the place in the packed input; all that
/// stands
///          before the damage is given first.
/// Threads: one thread at a time.
class gzip_unpacker final : public unpacker {
 public:
  /// `offset`: where in the packed input it begins.
  explicit gzip_unpacker(std::uint64_t offset = 0);
  ~gzip_unpacker() override;

  result<std::size_t> unpack(std::string_view& packed, std::span<char> out) override;
  result<void> finish() override;
  /// Whether a member has begun and not ended.
  bool in_member() const;

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
