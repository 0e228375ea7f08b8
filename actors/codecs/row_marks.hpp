#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "actors/codecs/raw_block.hpp"
#include "runtime/data/chunk.hpp"

namespace weir::codecs {

/// Place and raw text of each record of a chunk that is being read.
///
/// Memory:  its room is kept from chunk to chunk; the block is not.
/// Threads: one thread at a time.
class row_marks {
 public:
  /// Begins a chunk at the front of `from`.
  void begin(const raw_block& from, bool keep_raw);

  /// A record lies at `begin` to `end` of the block's buffer and begins in `line` of the input.
  void add(std::uint32_t begin, std::uint32_t end, std::uint64_t line) {
    positions_.push_back(position_of(begin, line));
    if (keep_raw_) texts_.emplace_back(text(begin, end), 0, begin);
  }

  /// Adds `rows` records, whose positions the caller writes, where a call for each would cost too
  /// much. Requires: raw text is not kept.
  std::span<places::position> add_rows(std::size_t rows) {
    positions_.resize(positions_.size() + rows);
    return std::span(positions_).last(rows);
  }
  /// Takes the last ones back.
  void drop_rows(std::size_t rows) { positions_.resize(positions_.size() - rows); }
  /// Of a record that begins at `begin` of the block's buffer, in `line` of the input.
  places::position position_of(std::uint32_t begin, std::uint64_t line) const {
    return {begin - block_.begin, static_cast<std::uint32_t>(line - block_.line)};
  }

  std::uint32_t size() const { return static_cast<std::uint32_t>(positions_.size()); }
  std::string_view text(std::uint32_t begin, std::uint32_t end) const {
    return {block_.data->data() + begin, end - begin};
  }
  const raw_block& block() const { return block_; }
  /// Place in the input of a byte of the buffer.
  std::uint64_t offset_of(std::uint32_t begin) const {
    return block_.offset + (begin - block_.begin);
  }

  /// Gives `out` its rows, places, and raw text where it is kept.
  void finish(chunk::parts& out, const std::string& format, const std::string& header);

 private:
  raw_block block_;
  bool keep_raw_ = false;
  std::vector<places::position> positions_;
  std::vector<string_ref> texts_;
};

}  // namespace weir::codecs
