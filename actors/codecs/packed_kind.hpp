#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "actors/codecs/packer.hpp"

namespace weir::codecs {

/// Unpacks data of one kind, and tells whether it stands between two of its parts: then another one
/// could unpack the next.
///
/// Memory:  `bytes`.
/// Threads: one thread at a time.
class part_unpacker : public unpacker {
 public:
  /// What a part may want where it is not a large one.
  static constexpr std::size_t small_part_bytes = 8 << 20;

  /// Whether a part has begun and not ended, or is damaged.
  virtual bool in_part() const = 0;
  /// Goes on at this place in the packed input, where a part has ended.
  /// Requires: it is in no part.
  virtual void go_on_at(std::uint64_t offset) = 0;
  /// Whether to unpack parts that want more memory than `small_part_bytes`, as it does by itself:
  /// else it stops in front of one, with room and maybe bytes left, until it is allowed to go on.
  /// Kinds that have no such parts do nothing here.
  virtual void allow_large_parts(bool /*allowed*/) {}
  /// Memory that it holds now.
  virtual std::size_t bytes() const = 0;
};

/// What is particular to one kind of packed data.
struct packed_kind {
  /// Whether an input that begins with `head` is of this kind; four bytes are enough to tell.
  bool (*is_kind)(std::string_view head);
  /// Whether an input of which only `head` is known so far may turn out as this kind.
  bool (*may_become)(std::string_view head);
  /// The first place from `from` on where a part may begin: each sound part begins at such a place,
  /// and one in 100 million bytes of anything else looks like one. None: `npos`; in the last three
  /// bytes it can't be told.
  std::size_t (*find_part)(std::string_view packed, std::size_t from);
  /// An unpacker that stands at `offset` in the packed input.
  std::unique_ptr<part_unpacker> (*make_unpacker)(std::uint64_t offset);
};

}  // namespace weir::codecs
