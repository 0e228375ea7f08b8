#include "actors/codecs/gzip.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <limits>
#include <new>
#include <optional>

#include "runtime/base/check.hpp"

namespace weir::codecs {
namespace {

constexpr int gzip_window = 15 + 16;  // the largest window; only gzip, no bare zlib
constexpr int memory_level = 8;
constexpr std::string_view magic = "\x1f\x8b";

Bytef* bytes_of(const char* text) {
  // zlib's interface lacks the const; it does not write to its input.
  return reinterpret_cast<Bytef*>(const_cast<char*>(text));
}

uInt clipped(std::size_t size) {
  return static_cast<uInt>(std::min<std::size_t>(size, std::numeric_limits<uInt>::max()));
}

bool is_gzip(std::string_view head) { return head.starts_with(magic); }
bool may_become_gzip(std::string_view head) { return magic.starts_with(head); }

std::size_t find_member(std::string_view packed, std::size_t from) {
  constexpr std::string_view begin = "\x1f\x8b\x08";  // the magic number, and the only method
  constexpr unsigned char flags_end = 0x20;           // those above are kept for later
  for (auto at = packed.find(begin, from); at != packed.npos; at = packed.find(begin, at + 1)) {
    if (at + begin.size() == packed.size()) break;
    if (static_cast<unsigned char>(packed[at + begin.size()]) < flags_end) return at;
  }
  return packed.npos;
}

std::unique_ptr<part_unpacker> make_gzip_unpacker(std::uint64_t offset) {
  return std::make_unique<gzip_unpacker>(offset);
}

}  // namespace

const packed_kind gzip_kind{is_gzip, may_become_gzip, find_member, make_gzip_unpacker};

struct gzip_unpacker::stream {
  z_stream z{};
  std::uint64_t offset;         // in the packed input
  bool in_member = false;       // a member has begun and not ended
  bool any = false;             // a member has ended
  std::optional<error> damage;  // found behind all that was given

  explicit stream(std::uint64_t begin) : offset(begin) {
    const int code = inflateInit2(&z, gzip_window);
    if (code == Z_MEM_ERROR) throw std::bad_alloc();
    WEIR_CHECK(code == Z_OK, "zlib can't unpack gzip");
  }
  stream(const stream&) = delete;
  stream& operator=(const stream&) = delete;
  ~stream() { inflateEnd(&z); }
};

gzip_unpacker::gzip_unpacker(std::uint64_t offset) : stream_(std::make_unique<stream>(offset)) {}
gzip_unpacker::~gzip_unpacker() = default;

bool gzip_unpacker::in_part() const { return stream_->in_member; }

void gzip_unpacker::go_on_at(std::uint64_t offset) {
  WEIR_CHECK(!stream_->in_member, "a gzip unpacker that leaves a member");
  stream_->offset = offset;
  stream_->any = true;
}

result<std::size_t> gzip_unpacker::unpack(std::string_view& packed, std::span<char> out) {
  stream& s = *stream_;
  std::size_t written = 0;
  while (written < out.size() && !s.damage) {
    if (!s.in_member && s.any) {
      const auto zeros = std::min(packed.find_first_not_of('\0'), packed.size());
      packed.remove_prefix(zeros);
      s.offset += zeros;
    }
    if (packed.empty() && !s.in_member) break;
    s.in_member = true;
    s.z.next_in = bytes_of(packed.data());
    s.z.avail_in = clipped(packed.size());
    s.z.next_out = reinterpret_cast<Bytef*>(out.data() + written);
    s.z.avail_out = clipped(out.size() - written);
    const uInt in_before = s.z.avail_in;
    const uInt out_before = s.z.avail_out;
    const int code = inflate(&s.z, Z_NO_FLUSH);
    if (code == Z_MEM_ERROR) throw std::bad_alloc();
    const uInt taken = in_before - s.z.avail_in;
    const uInt made = out_before - s.z.avail_out;
    packed.remove_prefix(taken);
    s.offset += taken;
    written += made;
    if (code == Z_STREAM_END) {
      s.in_member = false;
      s.any = true;
      WEIR_CHECK(inflateReset(&s.z) == Z_OK, "a gzip stream that can't begin again");
    } else if (code == Z_BUF_ERROR || (code == Z_OK && packed.empty() && made < out_before)) {
      break;  // all that was given is unpacked
    } else if (code != Z_OK) {
      s.damage = {"gzip-corrupt", fmt::format("the gzip data is damaged at byte {}", s.offset),
                  s.z.msg != nullptr ? s.z.msg : zError(code)};
    }
  }
  if (s.damage && written == 0) return failure(*s.damage);
  return written;
}

result<void> gzip_unpacker::finish() {
  if (stream_->damage) return failure(*stream_->damage);
  if (!stream_->in_member) return {};
  return failure("gzip-truncated",
                 fmt::format("the gzip data ends at byte {}, within a member", stream_->offset));
}

struct gzip_packer::stream {
  z_stream z{};

  explicit stream(int level) {
    const int code =
        deflateInit2(&z, level, Z_DEFLATED, gzip_window, memory_level, Z_DEFAULT_STRATEGY);
    if (code == Z_MEM_ERROR) throw std::bad_alloc();
    WEIR_CHECK(code == Z_OK, "zlib has no such level");
  }
  stream(const stream&) = delete;
  stream& operator=(const stream&) = delete;
  ~stream() { deflateEnd(&z); }
};

gzip_packer::gzip_packer(int level) : stream_(std::make_unique<stream>(level)) {}
gzip_packer::~gzip_packer() = default;

void gzip_packer::run(std::string_view text, int mode, std::string& out) {
  z_stream& z = stream_->z;
  do {
    z.next_in = bytes_of(text.data());
    z.avail_in = clipped(text.size());
    const uInt given = z.avail_in;
    const int piece_mode = given == text.size() ? mode : Z_NO_FLUSH;
    do {
      char room[32 * 1024];
      z.next_out = reinterpret_cast<Bytef*>(room);
      z.avail_out = sizeof room;
      const int code = deflate(&z, piece_mode);
      WEIR_CHECK(code != Z_STREAM_ERROR, "gzip was packed after its end");
      out.append(room, sizeof room - z.avail_out);
    } while (z.avail_out == 0);
    text.remove_prefix(given);
  } while (!text.empty());
}

void gzip_packer::pack(std::string_view text, std::string& out) { run(text, Z_NO_FLUSH, out); }
void gzip_packer::flush(std::string& out) { run({}, Z_SYNC_FLUSH, out); }
void gzip_packer::finish(std::string& out) { run({}, Z_FINISH, out); }

}  // namespace weir::codecs
