#include "actors/codecs/zstd.hpp"

#include <fmt/format.h>
// For the choice of who gives it memory.
#define ZSTD_STATIC_LINKING_ONLY
#include <zstd.h>
#include <zstd_errors.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <optional>

#include "runtime/base/check.hpp"

namespace weir::codecs {
namespace {

constexpr int window_log_max = 27;
constexpr std::string_view magic = "\x28\xb5\x2f\xfd";
// Of a skippable frame, with which some packers begin, behind a byte from 0x50 to 0x5f.
constexpr std::string_view skippable_magic_end = "\x2a\x4d\x18";
// As much of a frame as tells how long its header is.
constexpr std::size_t head_bytes = magic.size() + 1;
constexpr std::size_t block_header_bytes = 3;
constexpr std::size_t checksum_bytes = 4;
constexpr std::uint64_t unknown_size = ~std::uint64_t{0};

bool may_begin_skippable(char first) { return (first & 0xf0) == 0x50; }

bool may_become_zstd(std::string_view head) {
  if (magic.starts_with(head)) return true;
  return may_begin_skippable(head.front()) && skippable_magic_end.starts_with(head.substr(1));
}

bool is_zstd(std::string_view head) {
  return head.size() >= magic.size() && may_become_zstd(head.substr(0, magic.size()));
}

std::size_t find_frame(std::string_view packed, std::size_t from) {
  const auto frame = packed.find(magic, from);
  if (frame != packed.npos) packed = packed.substr(0, frame + skippable_magic_end.size());
  auto end = packed.find(skippable_magic_end, from + 1);
  while (end != packed.npos && !may_begin_skippable(packed[end - 1]))
    end = packed.find(skippable_magic_end, end + 1);
  return end == packed.npos ? frame : end - 1;
}

std::uint64_t little_endian(std::string_view bytes) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i)
    number |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
  return number;
}

// The header of a frame, as RFC 8878 has it.
class frame_header {
 public:
  // `head`: at least `head_bytes` of it.
  explicit frame_header(std::string_view head) : head_(head) {
    if (!head.starts_with(magic)) return;
    constexpr std::size_t dictionary_bytes[] = {0, 1, 2, 4};
    constexpr std::size_t size_bytes[] = {0, 2, 4, 8};
    flags_ = static_cast<unsigned char>(head[magic.size()]);
    const bool is_one_segment = (flags_ & 0x20) != 0;
    window_bytes_ = is_one_segment ? 0 : 1;
    dictionary_bytes_ = dictionary_bytes[flags_ & 3];
    size_bytes_ = size_bytes[flags_ >> 6];
    if (is_one_segment && size_bytes_ == 0) size_bytes_ = 1;
    bytes_ = head_bytes + window_bytes_ + dictionary_bytes_ + size_bytes_;
  }

  std::size_t bytes() const { return bytes_; }

  // The size of the frame's text; `unknown_size` if it is not told.
  // Requires of this and all below: all of the header is there.
  std::uint64_t text_size() const {
    if (size_bytes_ == 0) return unknown_size;
    const auto size = little_endian(head_.substr(bytes_ - size_bytes_, size_bytes_));
    return size + (size_bytes_ == 2 ? 256 : 0);
  }
  std::uint64_t window() const {
    if (window_bytes_ == 0) return text_size();
    const auto window = static_cast<unsigned char>(head_[head_bytes]);
    return std::uint64_t{8U + (window & 7U)} << (7 + (window >> 3));
  }

  // The same frame's header without the size of the text, but with a window for all of it where
  // that is less than the frame's window.
  std::string without_size() const {
    constexpr unsigned other_flags = 0x1f;
    constexpr int window_log_least = 10;
    constexpr int window_log_most = 41;
    if (size_bytes_ == 0) return std::string(head_);
    std::string header(magic);
    header += static_cast<char>(flags_ & other_flags);
    if (text_size() <= window()) {
      const auto last = std::max<std::uint64_t>(text_size(), 1) - 1;
      const auto log =
          std::clamp(static_cast<int>(std::bit_width(last)), window_log_least, window_log_most);
      header += static_cast<char>((log - window_log_least) << 3);
    } else {
      header += head_[head_bytes];
    }
    header += head_.substr(head_bytes + window_bytes_, dictionary_bytes_);
    return header;
  }

 private:
  std::string_view head_;
  unsigned flags_ = 0;
  std::size_t bytes_ = 8;  // of a skippable frame
  std::size_t window_bytes_ = 0;
  std::size_t dictionary_bytes_ = 0;
  std::size_t size_bytes_ = 0;
};

// A damaged frame may refer to text that there never was. Then that is zeros, and nothing that some
// other part of the process has left behind.
void* zeroed(void*, std::size_t size) { return std::calloc(1, size); }
void let_go(void*, void* memory) { std::free(memory); }

std::unique_ptr<part_unpacker> make_zstd_unpacker(std::uint64_t offset) {
  return std::make_unique<zstd_unpacker>(offset);
}

void require_memory(std::size_t answer) {
  if (ZSTD_getErrorCode(answer) == ZSTD_error_memory_allocation) throw std::bad_alloc();
}

error damage(ZSTD_ErrorCode code, std::uint64_t offset) {
  // Which of the two it is depends on how much room zstd happened to have.
  if (code == ZSTD_error_dstSize_tooSmall) code = ZSTD_error_corruption_detected;
  const auto* detail = ZSTD_getErrorString(code);
  switch (code) {
    case ZSTD_error_frameParameter_windowTooLarge:
      return {"zstd-unsupported",
              fmt::format("the zstd data wants a window above 128 MiB at byte {}", offset), detail};
    case ZSTD_error_dictionary_wrong:
      return {"zstd-unsupported",
              fmt::format("the zstd data wants a dictionary at byte {}", offset), detail};
    default:
      return {"zstd-corrupt", fmt::format("the zstd data is damaged at byte {}", offset), detail};
  }
}

}  // namespace

const packed_kind zstd_kind{is_zstd, may_become_zstd, find_frame, make_zstd_unpacker};

// What comes of a frame depends on nothing but its bytes, damaged or not, so that it does not
// matter which unpacker it is given to, in what pieces and behind what others.
struct zstd_unpacker::stream {
  ZSTD_DCtx* z = nullptr;
  std::uint64_t offset;         // in the packed input
  std::uint64_t block_at = 0;   // where the header, block or checksum at hand begins
  std::size_t wanted = 0;       // bytes that zstd asks for next; 0 between frames
  std::string head;             // of a frame's or block's header that is not all there
  std::size_t block_left = 0;   // bytes of the block at hand
  bool is_last = false;         // no block follows it
  std::uint64_t text_left = 0;  // of the frame at hand, if not `unknown_size`
  bool may_have_more = false;   // the room given was filled, or a large frame waits
  bool takes_large = true;
  std::uint64_t window = 0;     // the largest since `z` was made
  std::optional<error> damage;  // found behind all that was given

  explicit stream(std::uint64_t begin) : offset(begin) { renew(); }
  stream(const stream&) = delete;
  stream& operator=(const stream&) = delete;
  ~stream() { ZSTD_freeDCtx(z); }

  void renew();
  bool collect(std::string_view& packed, std::size_t bytes);
  std::size_t give(std::string_view packed, ZSTD_outBuffer& made);
  void give_header(std::string_view header);
  bool begin_frame(std::string_view& packed);
  void begin_block(std::string_view& packed);
  void go_on(std::string_view& packed, ZSTD_outBuffer& made);
};

zstd_unpacker::zstd_unpacker(std::uint64_t offset) : stream_(std::make_unique<stream>(offset)) {}
zstd_unpacker::~zstd_unpacker() = default;

void zstd_unpacker::stream::renew() {
  ZSTD_freeDCtx(z);
  z = ZSTD_createDCtx_advanced({zeroed, let_go, nullptr});
  window = 0;
  if (z == nullptr) throw std::bad_alloc();
  WEIR_CHECK(!ZSTD_isError(ZSTD_DCtx_setParameter(z, ZSTD_d_windowLogMax, window_log_max)),
             "zstd does not know its own largest window");
}

// Whether `head` has so many bytes, taken from the front of `packed`.
bool zstd_unpacker::stream::collect(std::string_view& packed, std::size_t bytes) {
  if (head.empty()) block_at = offset;
  const auto more = packed.substr(0, bytes - std::min(bytes, head.size()));
  head += more;
  packed.remove_prefix(more.size());
  offset += more.size();
  return head.size() >= bytes;
}

// Answers how many bytes zstd has taken.
std::size_t zstd_unpacker::stream::give(std::string_view packed, ZSTD_outBuffer& made) {
  const std::size_t before = made.pos;
  ZSTD_inBuffer given{packed.data(), packed.size(), 0};
  wanted = ZSTD_decompressStream(z, &made, &given);
  require_memory(wanted);
  if (ZSTD_isError(wanted)) {
    damage = codecs::damage(ZSTD_getErrorCode(wanted), block_at);
  } else if (text_left != unknown_size) {
    const std::size_t text = made.pos - before;
    if (text > text_left || (text < text_left && wanted == 0)) {
      made.pos = before + std::min<std::size_t>(text, text_left);
      damage = codecs::damage(ZSTD_error_corruption_detected, block_at);
    }
    text_left -= made.pos - before;
  }
  return given.pos;
}

void zstd_unpacker::stream::give_header(std::string_view header) {
  ZSTD_outBuffer nothing{nullptr, 0, 0};
  give(header, nothing);
  head.clear();
}

// Begins a frame when all of its header is there. Its magic number is looked at here, for zstd
// would unpack the frames of its early versions too, whose ends it does not tell. False if the
// frame is too large for now: a header that has come in one piece is left then, for any unpacker.
bool zstd_unpacker::stream::begin_frame(std::string_view& packed) {
  const auto given = packed;
  const bool in_one_piece = head.empty();
  const bool tells_bytes = collect(packed, head_bytes);
  if (!may_become_zstd(std::string_view(head).substr(0, magic.size()))) {
    damage = codecs::damage(ZSTD_error_prefix_unknown, block_at);
    return true;
  }
  const bool is_skippable = !head.starts_with(magic);
  if (!tells_bytes || !collect(packed, frame_header(head).bytes())) return true;
  block_left = 0;
  is_last = is_skippable;
  text_left = unknown_size;
  may_have_more = false;
  if (is_skippable) {
    give_header(head);
    return true;
  }
  const frame_header header(head);
  const auto kept = std::min(header.window(), header.text_size());
  if (!takes_large && kept > small_part_bytes) {
    may_have_more = !in_one_piece;
    if (in_one_piece) {
      packed = given;
      offset = block_at;
      head.clear();
    }
    return false;
  }
  // Offsets beyond the window, in damaged blocks, reach as far as zstd has room where the text
  // comes round, and blocks of more text than is to come are refused or not by that room: so it
  // must not be what a frame before has left, and must not depend on the size, which is checked
  // here.
  if (header.text_size() > header.window() && kept < window) renew();
  window = std::max(window, kept);
  text_left = header.text_size();
  give_header(header.without_size());
  return true;
}

// zstd asks for a block along with the header of the next one. That comes by itself here: were it
// damaged, what the block has made would be lost.
void zstd_unpacker::stream::begin_block(std::string_view& packed) {
  constexpr unsigned type_repeated = 1;
  if (!collect(packed, block_header_bytes)) return;
  const auto header = little_endian(head);
  is_last = (header & 1) != 0;
  block_left = (header >> 1 & 3) == type_repeated ? 1 : header >> 3;
  give_header(head);
  if (!damage) block_at = offset;
}

// Goes on within a block, a checksum or a skippable frame.
void zstd_unpacker::stream::go_on(std::string_view& packed, ZSTD_outBuffer& made) {
  if (block_left == 0 && wanted == checksum_bytes) block_at = offset;
  const auto taken = give(packed.substr(0, block_left > 0 ? block_left : wanted), made);
  packed.remove_prefix(taken);
  offset += taken;
  block_left -= std::min(block_left, taken);
}

result<std::size_t> zstd_unpacker::unpack(std::string_view& packed, std::span<char> out) {
  stream& s = *stream_;
  ZSTD_outBuffer made{out.data(), out.size(), 0};
  // zstd takes calls without room or bytes as a sign that its caller hangs, so there are none.
  while (!s.damage && made.pos < made.size && (!packed.empty() || s.may_have_more)) {
    if (s.wanted == 0) {
      if (!s.begin_frame(packed)) break;
    } else if (s.may_have_more) {
      s.give({}, made);
      s.may_have_more = made.pos == made.size;
    } else if (s.block_left == 0 && !s.is_last) {
      s.begin_block(packed);
    } else {
      s.go_on(packed, made);
      s.may_have_more = made.pos == made.size && s.wanted > 0;
    }
  }
  if (s.damage && made.pos == 0) return failure(*s.damage);
  return made.pos;
}

result<void> zstd_unpacker::finish() {
  if (stream_->damage) return failure(*stream_->damage);
  if (!in_part()) return {};
  return failure("zstd-truncated",
                 fmt::format("the zstd data ends at byte {}, within a frame", stream_->offset));
}

bool zstd_unpacker::in_part() const {
  return stream_->damage || stream_->wanted != 0 || !stream_->head.empty();
}

void zstd_unpacker::go_on_at(std::uint64_t offset) {
  WEIR_CHECK(!in_part(), "a zstd unpacker that leaves a frame");
  stream_->offset = offset;
}

void zstd_unpacker::allow_large_parts(bool allowed) { stream_->takes_large = allowed; }

std::size_t zstd_unpacker::bytes() const {
  constexpr std::size_t without_window = 400 * 1024;
  return without_window + stream_->window;
}

struct zstd_packer::stream {
  ZSTD_CCtx* z = ZSTD_createCCtx();

  explicit stream(int level) {
    if (z == nullptr) throw std::bad_alloc();
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
    require_memory(left);
    WEIR_CHECK(!ZSTD_isError(left), "zstd can't pack");
    out.append(room, made.pos);
  }
}

void zstd_packer::pack(std::string_view text, std::string& out) { run(text, ZSTD_e_continue, out); }
void zstd_packer::flush(std::string& out) { run({}, ZSTD_e_flush, out); }
void zstd_packer::finish(std::string& out) { run({}, ZSTD_e_end, out); }

}  // namespace weir::codecs
