#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include "actors/codecs/gzip.hpp"
#include "runtime/base/random.hpp"
#include "tests/actors/codecs/packing.hpp"

namespace weir::testing {

inline std::size_t random_size(random_source& random, std::size_t most) {
  return random.below(static_cast<std::uint32_t>(most) + 1);
}

/// Records of a line each, a kind of noise with line ends that gzip can only store, or a few
/// characters over and over: at most `most` bytes.
inline std::string random_text(random_source& random, std::size_t most) {
  const std::size_t size = random_size(random, random.below(4) == 0 ? most : most / 8);
  const auto kind = random.below(4);
  std::string text;
  while (text.size() < size) {
    if (kind == 0) {
      const auto noise = random.next();
      text.append(reinterpret_cast<const char*>(&noise), sizeof noise);
      // What looks like a member, and is stored as it stands.
      if (random.below(50) == 0) text += std::string_view("\x1f\x8b\x08\x00", 4);
      if (random.below(500) == 0) text += packed_by<codecs::gzip_packer>("{\"a\":1}\n");
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

/// A member with this text, and fields in its header.
inline std::string random_member(random_source& random, std::string_view text) {
  constexpr std::size_t flags_at = 3;
  constexpr std::size_t header_bytes = 10;
  codecs::gzip_packer packer(1 + static_cast<int>(random.below(9)));
  std::string member;
  while (!text.empty() && random.below(3) == 0) {
    const auto piece = text.substr(0, random_size(random, text.size()));
    packer.pack(piece, member);
    if (random.below(2) == 0) packer.flush(member);
    text.remove_prefix(piece.size());
  }
  packer.pack(text, member);
  packer.finish(member);
  if (random.below(4) == 0) {
    member[flags_at] |= 0x08;
    member.insert(header_bytes, std::string("a.ndjson") + '\0');
  }
  if (random.below(4) == 0) {
    // The extra field is the place for anything, also for what looks like a member.
    member[flags_at] |= 0x04;
    member.insert(header_bytes, std::string("\x06\x00\x1f\x8b\x08\x00zz", 8));
  }
  return member;
}

/// Members one after the other, with up to `most` bytes of text each; most often sound, else
/// with zeros or garbage behind a member, damaged or cut.
inline std::string random_gzip(random_source& random, std::size_t most) {
  std::string data = random_member(random, random_text(random, most));
  for (auto members = random.below(random.below(4) == 0 ? 100 : 8); members > 0; --members) {
    data += random_member(random, random_text(random, most));
    if (random.below(8) == 0) data.append(random_size(random, 2000), '\0');
  }
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
