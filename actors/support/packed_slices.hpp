#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "actors/codecs/packed_kind.hpp"
#include "actors/support/buffer_pool.hpp"
#include "actors/support/input_file.hpp"

namespace weir {

/// Sizes, in bytes, that decide how a packed file is cut and how much of it is unpacked ahead.
struct packed_slice_sizes {
  /// A slice is worth a change of threads, some 100 us of unpacking, and still warm when given.
  std::size_t packed_least = 64 * 1024;
  std::size_t packed_max = 1 << 20;
  std::size_t text_max = 4 << 20;  ///< of a slice, unpacked ahead
  std::size_t piece = 128 * 1024;  ///< read or unpacked at once
};

/// A stretch of a packed file that begins where a part may begin, for one reader to unpack while
/// others unpack those around it.
///
/// Memory:  up to `packed_max` and `text_max`, and an unpacker of parts that are not large.
/// Threads: `unpack` in the reader's, without the lock; the rest is `packed_slices`'.
class packed_slice {
 public:
  /// What is asked between two pieces of text: true to leave the slice as it was.
  using stop_question = std::function<bool()>;

  /// Unpacks the slice to its end, to damage, or as far as its text may be held.
  /// Requires: the caller has taken it.
  void unpack(const stop_question& stopping);

 private:
  friend class packed_slices;

  enum class state : std::uint8_t {
    waiting,   ///< to be taken
    taken,     ///< a reader is at it
    unpacked,  ///< what came of it waits for its turn
    passed,    ///< what came or comes of it is not wanted
  };
  // At most one a reader, for at most as many are at work.
  using idle_unpackers = std::vector<std::unique_ptr<codecs::part_unpacker>>;
  struct piece {
    std::shared_ptr<buffer> bytes;
    std::size_t size = 0;
    std::size_t given = 0;  // bytes of it
  };

  packed_slice(const codecs::packed_kind& kind, std::uint64_t offset, std::string packed,
               bool stands_alone, std::size_t text_max, std::shared_ptr<buffer_pool> pool,
               std::shared_ptr<idle_unpackers> idle);

  std::uint64_t bytes() const;
  std::uint64_t end() const { return offset_ + packed_.size(); }
  void give_back();

  const codecs::packed_kind& kind_;
  const std::uint64_t offset_;  // in the packed file
  const std::string packed_;
  const bool stands_alone_;  // begins where a part may, and ends there too or with the file
  const std::size_t text_max_;
  const std::shared_ptr<buffer_pool> pool_;
  const std::shared_ptr<idle_unpackers> idle_;
  state state_ = state::waiting;
  std::atomic<bool> unwanted_{false};

  // What came of it: of the reader that has taken it, until it has given it back.
  std::deque<piece> text_;
  std::string_view rest_;  // of `packed_`, behind `text_`
  // Stands behind `text_`; none: it stood between two parts there, and others use it.
  std::unique_ptr<codecs::part_unpacker> unpacker_;
  bool unpacked_ = false;
};

/// A packed file whose parts (gzip's members, zstd's frames) are unpacked by several readers side
/// by side, and given in order.
///
/// Where a part ends is known only when it has been unpacked, but it can begin only where its
/// magic number stands: there the file is cut, at the first such place behind 64 KiB. A slice is
/// unpacked on trust, by an unpacker of its own, and nothing of it is given before its turn has
/// come: then the unpacker of the one before either stands between two parts, so that what came
/// of the slice is what comes of it, or goes on through the slice, whose beginning was then a piece
/// of other data. So what is given, errors and their places too, is what one unpacker gives.
///
/// What is no slice to be unpacked apart (a part of more than 1 MiB, garbage behind the last) or
/// is left of one that has more text than may be held or comes to a large part
/// (`codecs::part_unpacker`), the unpacker at hand unpacks in `read`: a file that is one part is
/// read as if there were no slices.
///
///   while (!ended) {
///     count = read(file, room);                  // in order
///     if (count is none)
///       if (slice = take(file))
///         unlock, slice->unpack(stopping), lock, give(slice);
///       else
///         wait for the next `give`;
///   }
///
/// Memory:  packed bytes and text together 4 MiB (`text_max`) a reader and 8 MiB beside them, which
///          unpackers that wait for their turn within a part have their share of; 2 MiB of idle
///          buffers; and an unpacker a reader, of zstd with up to 8.4 MiB, and the one at hand.
/// Errors:  those of `input_file` and the unpacker, with the path.
/// Threads: one thread at a time: the readers share a lock.
class packed_slices {
 public:
  /// `head`: what was read of the file.
  packed_slices(const codecs::packed_kind& kind, std::string head, unsigned readers,
                packed_slice_sizes sizes = {});

  /// Gives text into the front of `room`; answers how many bytes, 0 at the end, none if a slice has
  /// to be unpacked first: `take` one, and where there is none, somebody else is at it.
  /// Requires: `room` is not empty.
  result<std::optional<std::size_t>> read(input_file& from, std::span<char> room);
  /// The next slice to be unpacked; none if there is none, or too much text waits for its turn.
  std::shared_ptr<packed_slice> take(input_file& from);
  /// A slice that was taken, unpacked or not, also of a file that was read to its end meanwhile.
  static void give(packed_slice& slice) { slice.give_back(); }

 private:
  bool divide(input_file& from);
  void read_more(input_file& from);
  bool begin_slice();
  void take_over(packed_slice& slice);
  void pass_slice();
  std::shared_ptr<packed_slice> make_slice(std::uint64_t offset, std::string packed,
                                           bool stands_alone) const;
  bool is_apart(const packed_slice& slice) const;
  bool has_room_for(std::uint64_t bytes) const;
  std::size_t give_text(std::span<char> room);
  result<std::optional<std::size_t>> end(const input_file& from) const;

  const codecs::packed_kind& kind_;
  const packed_slice_sizes sizes_;
  const std::uint64_t bytes_max_;
  const std::shared_ptr<buffer_pool> pool_;
  const std::shared_ptr<packed_slice::idle_unpackers> idle_;
  std::deque<std::shared_ptr<packed_slice>> slices_;  // not yet given, in order
  bool at_hand_ = false;                              // the first of them is being given
  // Has unpacked all up to the slice at hand.
  std::unique_ptr<codecs::part_unpacker> unpacker_;
  std::string ahead_;               // read, and in no slice yet
  std::uint64_t ahead_offset_ = 0;  // of it in the file
  bool file_ended_ = false;
  std::optional<error> read_error_;  // which ended it
};

}  // namespace weir
