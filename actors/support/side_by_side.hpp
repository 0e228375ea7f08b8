#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "runtime/data/chunk.hpp"

namespace weir {

/// Records that were put side by side.
struct paired_records {
  /// Without a selection, raw text or places; columns in order of first appearance.
  chunk_ptr records;
  /// The rows whose records have different values in columns of one name, ascending, each once,
  /// with the first such column in order of name.
  struct conflict {
    std::uint32_t row;
    std::string column;
  };
  std::vector<conflict> conflicts;
};

/// Makes one record of the n-th records of all chunks. A column that several have gives the value
/// of the first chunk that has one, or of the last.
///
/// Memory: columns of chunks without a selection are shared, others copied.
/// Requires: chunks of equal size, at least one.
paired_records side_by_side(std::span<const chunk_ptr> chunks, bool last_counts);

/// Whether two values are the same; numbers by their value, so that 1 is 1.0.
bool same_value(const value_view& a, const value_view& b);

}  // namespace weir
