#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "actors/codecs/raw_block.hpp"
#include "actors/codecs/record_splitter.hpp"
#include "actors/support/buffer_pool.hpp"

namespace weir::codecs {

/// How an input is cut.
struct cutter_options {
  byte_size block = 256_KiB;      ///< bytes read at once; a longer record makes a larger block
  byte_size record_max = 16_MiB;  ///< longer records are skipped to their end, not kept
};

/// Cuts the bytes of one input, in whatever pieces they come, into blocks of whole records. A byte
/// order mark stays in front of the first.
///
///   while (!ended) {
///     for (auto& bad : cutter.take_too_long()) ...;
///     while (auto block = cutter.take()) ...;
///     auto room = cutter.room();      // not empty, for nothing whole waits
///     n = read(fd, room);
///     n > 0 ? cutter.filled(n) : cutter.finish();
///   }
///
/// Who reads fast input fills `room` until it is empty before taking; who reads a pipe takes what
/// there is. Where several read one input side by side, each fills a part of its own, and the parts
/// are added in their order:
///
///   auto next = cutter.make_part();
///   n = pread(fd, next.room, place);   // meanwhile others do the same with the places behind
///   cutter.add(std::move(next), n);    // when all in front of it were added
///
/// Memory:  one block, or one record of at most `record_max`; and the parts.
/// Threads: one thread at a time.
class block_cutter {
 public:
  block_cutter(std::unique_ptr<record_splitter> splitter, cutter_options options,
               std::shared_ptr<const input_name> input);

  /// Where the next bytes go. Empty only while whole records wait and have to be taken first.
  std::span<char> room();
  /// The first `count` bytes of `room` were filled.
  void filled(std::size_t count);
  /// A piece of the input that is read apart, maybe before what stands in front of it.
  struct part {
    std::shared_ptr<buffer> data;
    std::span<char> room;  ///< of `data`, with room in front for the beginning of a record
  };
  part make_part();
  /// Whether a part can be added as it is: else it is copied behind what waits.
  bool takes_parts() const { return used_ <= front_room(); }
  /// The first `count` bytes of the part's room were filled, and follow what was filled before.
  /// Requires: nothing whole waits, unless `count` is 0.
  void add(part filled_apart, std::size_t count);
  /// The input has ended: what has no line end is a record too.
  void finish();

  /// All whole records so far; none if there is none.
  std::optional<raw_block> take();
  /// The records that were too long and have ended: ask before `take`, for they stand in the input
  /// before what it gives.
  std::vector<bad_record> take_too_long();
  const std::shared_ptr<const input_name>& input() const { return input_; }

 private:
  std::size_t front_room() const { return options_.block.bytes / 16; }
  char* front() const { return buffer_->data() + front_; }
  void scan(std::size_t from);
  bool knows_mark();
  raw_block cut();
  void begin_skip();
  void skip(std::string_view bytes);
  void end_skip(std::uint64_t line_end_bytes);

  std::unique_ptr<record_splitter> splitter_;
  cutter_options options_;
  std::shared_ptr<const input_name> input_;
  std::shared_ptr<buffer_pool> pool_;
  std::shared_ptr<buffer> buffer_;
  std::size_t front_ = 0;     // where the bytes begin in it
  std::size_t used_ = 0;      // bytes filled in
  std::size_t whole_ = 0;     // of them, bytes of whole records
  std::uint64_t offset_ = 0;  // of the first of them in the input
  std::uint64_t line_ = 1;    // that it lies in
  // Bytes at the buffer's front that are the input's byte order mark; none: not known yet. The
  // splitter does not see them, and they count as no part of a record.
  std::optional<std::size_t> mark_;
  // What was whole when a too long record began behind it.
  std::optional<raw_block> waiting_;
  // The too long record at hand: it began where the buffer now begins.
  bool skipping_ = false;
  std::uint64_t skipped_ = 0;
  std::uint64_t skipped_lines_ = 0;
  char skipped_last_ = 0;
  std::string skipped_head_;
  std::vector<bad_record> too_long_;
};

}  // namespace weir::codecs
