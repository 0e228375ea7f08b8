#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/base/clock.hpp"
#include "runtime/base/result.hpp"
#include "runtime/graph/graph.hpp"

namespace weir {

/// One thing that a source gave: records, a mark, or a record that it refused.
struct sample_entry {
  nanoseconds at{0};  ///< since the source was opened
  port_number port = 0;
  chunk_ptr records = nullptr;
  std::optional<mark> passed = std::nullopt;
  struct rejection {
    chunk_ptr from = nullptr;  ///< none: it could not even be read
    std::uint32_t row = 0;
    std::string code;
    std::string reason;
    std::string bytes = {};
    record_place place = {};
  };
  std::optional<rejection> rejected = std::nullopt;

  /// Records, also refused ones: what is counted where a source ends early.
  std::uint64_t size() const { return records ? records->size() : rejected ? 1 : 0; }
};

/// What a source gave first, in its order: kept, so that it is read only once.
struct source_sample {
  std::uint32_t stage = 0;  ///< in the graph
  std::vector<sample_entry> entries;
  std::uint64_t records = 0;
  std::uint64_t rejected = 0;
  bool whole = false;  ///< the source came to its end

  std::uint64_t size() const { return records + rejected; }
};

/// Reads the first `records_max` records of each source of a graph, with the columns that its
/// stages want; in virtual time, and nothing else of the graph runs. In the order of the stages.
///
/// Memory: the records, and the blocks that they were read in.
/// Errors: a source that fails, as of a run.
result<std::vector<source_sample>> take_samples(const graph& of, std::uint64_t records_max);

}  // namespace weir
