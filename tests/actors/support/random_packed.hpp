#pragma once

#include <zstd.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include "actors/codecs/gzip.hpp"
#include "actors/codecs/zstd.hpp"
#include "runtime/base/check.hpp"
#include "runtime/base/random.hpp"
#include "tests/actors/codecs/packing.hpp"

namespace weir::testing {

inline std::size_t random_size(random_source& random, std::size_t most) {
  return random.below(static_cast<std::uint32_t>(most) + 1);
}

/// What looks like a part of packed data and is none, or is one within other data.
inline std::string false_part(random_source& random) {
  switch (random.below(20)) {
    case 0:
      return packed_by<codecs::gzip_packer>("{\"a\":1}\n");
    case 1:
      return packed_by<codecs::zstd_packer>("{\"a\":1}\n");
    case 2:
    case 3:
      return "P*M\x18";
    default:
      return random.below(2) == 0 ? std::string("\x1f\x8b\x08\x00", 4) : "\x28\xb5\x2f\xfd";
  }
}

/// Records of a line each, a kind of noise with line ends that packers can only store, or a few
/// characters over and over: at most `most` bytes.
inline std::string random_text(random_source& random, std::size_t most) {
  const std::size_t size = random_size(random, random.below(4) == 0 ? most : most / 8);
  const auto kind = random.below(4);
  std::string text;
  while (text.size() < size) {
    if (kind == 0) {
      const auto noise = random.next();
      text.append(reinterpret_cast<const char*>(&noise), sizeof noise);
      // It is stored as it stands.
      if (random.below(40) == 0) text += false_part(random);
    } else if (kind == 1) {
      text.append(std::min<std::size_t>(1 + random.below(3000), size - text.size()), 'x');
      text += '\n';
    } else {
      text += "{\"id\":" + std::to_string(random.next() % 100'000) + ",\"host\":\"web-" +
              std::to_string(random.below(50)) + "\"}\n";
    }
  }
  text.resize(size);
  return text;
}

/// Gives `text` to the packer in pieces, some of them flushed.
inline std::string packed_in_pieces(random_source& random, codecs::packer& packer,
                                    std::string_view text) {
  std::string part;
  while (!text.empty() && random.below(3) == 0) {
    const auto piece = text.substr(0, random_size(random, text.size()));
    packer.pack(piece, part);
    if (random.below(2) == 0) packer.flush(part);
    text.remove_prefix(piece.size());
  }
  packer.pack(text, part);
  packer.finish(part);
  return part;
}

/// A member with this text, and fields in its header; now and then zeros behind it.
inline std::string random_member(random_source& random, std::string_view text) {
  constexpr std::size_t flags_at = 3;
  constexpr std::size_t header_bytes = 10;
  codecs::gzip_packer packer(1 + static_cast<int>(random.below(9)));
  std::string member = packed_in_pieces(random, packer, text);
  if (random.below(4) == 0) {
    member[flags_at] |= 0x08;
    member.insert(header_bytes, std::string("a.ndjson") + '\0');
  }
  if (random.below(4) == 0) {
    // The extra field is the place for anything, also for what looks like a member.
    member[flags_at] |= 0x04;
    member.insert(header_bytes, std::string("\x06\x00\x1f\x8b\x08\x00zz", 8));
  }
  if (random.below(8) == 0) member.append(random_size(random, 2000), '\0');
  return member;
}

/// A frame that was packed at once: its header tells the size of its text.
inline std::string frame_of_known_size(random_source& random, std::string_view text) {
  ZSTD_CCtx* z = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(z, ZSTD_c_compressionLevel, static_cast<int>(random.below(10)) - 4);
  ZSTD_CCtx_setParameter(z, ZSTD_c_checksumFlag, static_cast<int>(random.below(2)));
  // A window that is smaller than the text stands in the header beside its size.
  if (random.below(2) == 0) ZSTD_CCtx_setParameter(z, ZSTD_c_windowLog, 10);
  std::string frame(ZSTD_compressBound(text.size()), '\0');
  const auto size = ZSTD_compress2(z, frame.data(), frame.size(), text.data(), text.size());
  ZSTD_freeCCtx(z);
  WEIR_CHECK(!ZSTD_isError(size), "zstd could not pack a frame");
  frame.resize(size);
  return frame;
}

/// A frame with this text; now and then one to be skipped before it.
inline std::string random_frame(random_source& random, std::string_view text) {
  constexpr std::size_t window_at = 5;
  std::string frame;
  if (random.below(3) == 0) {
    frame = frame_of_known_size(random, text);
  } else {
    codecs::zstd_packer packer(1 + static_cast<int>(random.below(5)));
    frame = packed_in_pieces(random, packer, text);
    // A larger window than it needs, of 8, 9 or 16 MiB, does no harm.
    constexpr char windows[] = {0x68, 0x69, 0x70};
    if (random.below(8) == 0) frame[window_at] = windows[random.below(3)];
  }
  if (random.below(6) > 0) return frame;
  std::string skipped;
  while (random.below(3) > 0) skipped += random.below(2) == 0 ? "skipped" : false_part(random);
  std::string before = "P*M\x18";
  before[0] = static_cast<char>(before[0] + static_cast<char>(random.below(16)));
  for (unsigned byte = 0; byte < 4; ++byte)
    before += static_cast<char>(skipped.size() >> (8 * byte) & 0xff);
  return before + skipped + frame;
}

/// A kind of packed data by chance.
struct random_kind {
  const char* name;
  const codecs::packed_kind& kind;
  std::string (*part)(random_source& random, std::string_view text);
};

inline const random_kind random_kinds[] = {{"gzip", codecs::gzip_kind, random_member},
                                           {"zstd", codecs::zstd_kind, random_frame}};

/// Parts one after the other, with up to `most` bytes of text each; most often sound, else
/// with garbage behind one, damaged or cut.
inline std::string random_packed(random_source& random, const random_kind& of, std::size_t most) {
  std::string data = of.part(random, random_text(random, most));
  for (auto parts = random.below(random.below(4) == 0 ? 100 : 8); parts > 0; --parts)
    data += of.part(random, random_text(random, most));
  const auto harm = random.below(10);
  if (harm == 0) data.resize(random_size(random, data.size()));
  if (harm == 1) data += "garbage";
  if (harm == 2 && !data.empty()) {
    const auto at = random_size(random, data.size() - 1);
    data[at] = static_cast<char>(data[at] ^ (1 + static_cast<int>(random.below(255))));
  }
  if (harm == 3) data.erase(random_size(random, data.size()), random_size(random, 300));
  return data;
}

}  // namespace weir::testing
