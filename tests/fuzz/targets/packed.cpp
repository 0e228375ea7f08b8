// The unpackers of gzip and zstd, on any bytes. Holds: damaged bytes give an error or some text,
// the same in whatever pieces they come, and end; what was packed, in pieces and with flushes,
// unpacks again; and with one byte changed it is that text or an error, never another text.

#include <algorithm>

#include "actors/codecs/gzip.hpp"
#include "actors/codecs/zstd.hpp"
#include "tests/fuzz/fuzz_input.hpp"
#include "tests/fuzz/targets.hpp"

namespace weir::testing {
namespace {

// A few bytes may unpack to gigabytes; more than this of them tells nothing new.
constexpr std::size_t unpacked_max = 1 << 20;

struct outcome {
  std::string text;
  std::string error;  // its code
  bool cut = false;   // there was more
};

template <class Unpacker>
outcome unpack(std::string_view packed, std::size_t piece, std::size_t room) {
  Unpacker unpacker;
  outcome out;
  std::string space(room, '\0');
  while (!packed.empty()) {
    // A copy: what is read behind its end is seen.
    const std::string given(packed.substr(0, piece));
    packed.remove_prefix(given.size());
    std::string_view left = given;
    for (;;) {
      const auto got = unpacker.unpack(left, space);
      if (!got) {
        out.error = got.error().code;
        return out;
      }
      out.text.append(space, 0, *got);
      if (out.text.size() >= unpacked_max) {
        out.text.resize(unpacked_max);
        out.cut = true;
        return out;
      }
      if (*got == room) continue;
      if (left.empty()) break;
      const auto damage = unpacker.unpack(left, space);
      require(!damage, "bytes were left although there was room");
      out.error = damage.error().code;
      return out;
    }
  }
  if (const auto end = unpacker.finish(); !end) out.error = end.error().code;
  return out;
}

template <class Packer>
std::string packed(std::string_view text, std::size_t piece, std::size_t flush_every) {
  Packer packer;
  std::string out;
  for (std::size_t i = 1; !text.empty(); ++i) {
    packer.pack(text.substr(0, piece), out);
    text.remove_prefix(std::min(piece, text.size()));
    if (i % flush_every == 0) packer.flush(out);
  }
  packer.finish(out);
  return out;
}

template <class Packer, class Unpacker>
void check(fuzz_input& from) {
  const auto what = from.choose(3);
  const std::size_t piece = 1 + from.choose(64);
  const std::size_t room = 100 + std::size_t{from.choose(36)} * 1000;
  if (what == 0) {
    const auto whole = unpack<Unpacker>(from.text(), from.text().size(), 64 * 1024);
    const auto again = unpack<Unpacker>(from.text(), piece, room);
    require(again.cut == whole.cut, "what is unpacked ends, or not, with the pieces");
    require_same(again.error, whole.error, "error in pieces");
    require_same(again.text, whole.text, "text in pieces");
    return;
  }
  const std::size_t flush_every = 1 + from.choose(8);
  std::string bytes = packed<Packer>(from.text(), piece, flush_every);
  const auto good = unpack<Unpacker>(bytes, 1 + from.choose(64), room);
  require_same(good.error, "", "error in what was packed");
  require_same(good.text, from.text(), "text packed and unpacked");
  if (what == 1) return;
  const auto at = (from.choose(256) * 256 + from.choose(256)) % bytes.size();
  bytes[at] = static_cast<char>(bytes[at] ^ (1 + static_cast<int>(from.choose(255))));
  const auto damaged = unpack<Unpacker>(bytes, piece, room);
  if (damaged.error.empty()) require_same(damaged.text, from.text(), "text of damaged bytes");
}

}  // namespace

void fuzz_packed(std::string_view bytes) {
  fuzz_input from(bytes);
  if (from.flip()) return check<codecs::zstd_packer, codecs::zstd_unpacker>(from);
  check<codecs::gzip_packer, codecs::gzip_unpacker>(from);
}

}  // namespace weir::testing
