#include "actors/codecs/zstd.hpp"

#include <fmt/format.h>
#include <zstd.h>
#include <zstd_errors.h>

#include <algorithm>
#include <cstdint>

#include "runtime/base/check.hpp"

namespace weir::codecs {
namespace {

constexpr int window_log_max = 27;
constexpr std::string_view magic = "\x28\xb5\x2f\xfd";
// Of a skippable frame, with which some packers begin, behind a byte from 0x50 to 0x5f.
constexpr std::string_view skippable_magic_end = "\x2a\x4d\x18";

error damage(std::size_t code, std::uint64_t offset) {
  switch (ZSTD_getErrorCode(code)) {
    case ZSTD_error_frameParameter_windowTooLarge:
      return {"zstd-unsupported",
              fmt::format("the zstd data wants a window above 128 MiB at byte {}", offset),
              ZSTD_getErrorName(code)};
    case ZSTD_error_dictionary_wrong:
      return {"zstd-unsupported",
              fmt::format("the zstd data wants a dictionary at byte {}", offset),
              ZSTD_getErrorName(code)};
    default:
      return {"zstd-corrupt", fmt::format("the zstd data is damaged at byte {}", offset),
              ZSTD_getErrorName(code)};
  }
}

}  // namespace

bool is_zstd(std::string_view head) {
  return head.size() >= magic.size() && may_become_zstd(head.substr(0, magic.size()));
}

bool may_become_zstd(std::string_view head) {
  if (magic.starts_with(head)) return true;
  return (head.front() & 0xf0) == 0x50 && skippable_magic_end.starts_with(head.substr(1));
}

struct zstd_unpacker::stream {
  ZSTD_DCtx* z = ZSTD_createDCtx();
  std::uint64_t offset = 0;    // in the packed input
  std::uint64_t block_at = 0;  // where the block at hand begins
  std::size_t wanted = 0;      // bytes to the end of the block at hand; 0 between frames
  std::string head;            // of a frame, as long as it is less than the magic number
  bool may_have_more = false;  // the room given was filled

  stream() {
    WEIR_CHECK(z != nullptr, "no memory to unpack zstd");
    WEIR_CHECK(!ZSTD_isError(ZSTD_DCtx_setParameter(z, ZSTD_d_windowLogMax, window_log_max)),
               "zstd does not know its own largest window");
  }
  stream(const stream&) = delete;
  stream& operator=(const stream&) = delete;
  ~stream() { ZSTD_freeDCtx(z); }
};

zstd_unpacker::zstd_unpacker() : stream_(std::make_unique<stream>()) {}
zstd_unpacker::~zstd_unpacker() = default;

// Begins a frame when all of its magic number is there. It is looked at here, for zstd would unpack
// the frames of its early versions too, whose ends it does not tell.
bool zstd_unpacker::begin_frame(std::string_view& packed) {
  stream& s = *stream_;
  if (s.head.empty()) s.block_at = s.offset;
  const auto more = packed.substr(0, magic.size() - s.head.size());
  s.head += more;
  packed.remove_prefix(more.size());
  s.offset += more.size();
  if (!may_become_zstd(s.head)) return false;
  if (s.head.size() < magic.size()) return true;
  ZSTD_outBuffer nothing{nullptr, 0, 0};
  ZSTD_inBuffer given{s.head.data(), s.head.size(), 0};
  s.wanted = ZSTD_decompressStream(s.z, &nothing, &given);
  s.head.clear();
  return !ZSTD_isError(s.wanted);
}

result<std::size_t> zstd_unpacker::unpack(std::string_view& packed, std::span<char> out) {
  stream& s = *stream_;
  ZSTD_outBuffer made{out.data(), out.size(), 0};
  // zstd takes calls without room or bytes as a sign that its caller hangs, so there are none.
  while (made.pos < made.size && (!packed.empty() || s.may_have_more)) {
    // Given a block at a time, and no more, it shows where the one that is damaged begins.
    if (s.wanted == 0) {
      if (!begin_frame(packed)) return failure(damage(0, s.block_at));
      continue;
    }
    ZSTD_inBuffer given{packed.data(), std::min(packed.size(), s.wanted), 0};
    const std::size_t code = ZSTD_decompressStream(s.z, &made, &given);
    if (ZSTD_isError(code)) return failure(damage(code, s.block_at));
    packed.remove_prefix(given.pos);
    s.offset += given.pos;
    if (given.pos == s.wanted) s.block_at = s.offset;
    s.wanted = code;
    s.may_have_more = made.pos == made.size && code > 0;
  }
  return made.pos;
}

result<void> zstd_unpacker::finish() {
  if (stream_->wanted == 0 && stream_->head.empty()) return {};
  return failure("zstd-truncated",
                 fmt::format("the zstd data ends at byte {}, within a frame", stream_->offset));
}

struct zstd_packer::stream {
  ZSTD_CCtx* z = ZSTD_createCCtx();

  explicit stream(int level) {
    WEIR_CHECK(z != nullptr, "no memory to pack zstd");
    WEIR_CHECK(!ZSTD_isError(ZSTD_CCtx_setParameter(z, ZSTD_c_compressionLevel, level)) &&
                   !ZSTD_isError(ZSTD_CCtx_setParameter(z, ZSTD_c_checksumFlag, 1)),
               "zstd has no such level, or no checksum");
  }
  stream(const stream&) = delete;
  stream& operator=(const stream&) = delete;
  ~stream() { ZSTD_freeCCtx(z); }
};

zstd_packer::zstd_packer(int level) : stream_(std::make_unique<stream>(level)) {}
zstd_packer::~zstd_packer() = default;

void zstd_packer::run(std::string_view text, int mode, std::string& out) {
  ZSTD_inBuffer given{text.data(), text.size(), 0};
  for (std::size_t left = 1; given.pos < given.size || (mode != ZSTD_e_continue && left > 0);) {
    char room[32 * 1024];
    ZSTD_outBuffer made{room, sizeof room, 0};
    left = ZSTD_compressStream2(stream_->z, &made, &given, static_cast<ZSTD_EndDirective>(mode));
    WEIR_CHECK(!ZSTD_isError(left), "zstd can't pack: there is no memory");
    out.append(room, made.pos);
  }
}

void zstd_packer::pack(std::string_view text, std::string& out) { run(text, ZSTD_e_continue, out); }
void zstd_packer::flush(std::string& out) { run({}, ZSTD_e_flush, out); }
void zstd_packer::finish(std::string& out) { run({}, ZSTD_e_end, out); }

}  // namespace weir::codecs
