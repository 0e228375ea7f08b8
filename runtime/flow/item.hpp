#pragma once

#include <cstdint>

#include "runtime/data/chunk.hpp"
#include "runtime/stage/mark.hpp"
#include "runtime/stage/stage.hpp"

namespace weir {

/// What crosses an edge in line: a chunk, or a mark where there is none.
struct edge_item {
  chunk_ptr records;
  mark what;
  stage_turn turn{};  ///< among what several workers give; none where one stage gives all

  std::uint64_t size() const { return records ? records->size() : 0; }
  std::uint64_t bytes() const { return records ? records->bytes().bytes : 0; }
};

}  // namespace weir
