#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "runtime/data/schema.hpp"
#include "tests/support/graph_builder.hpp"

namespace weir::testing {

/// Records that stand in for those of a source.
struct given_records {
  std::string name;                ///< of the input, for places and rejected records
  std::vector<std::string> lines;  ///< a JSON object each
  std::size_t chunk_records = 0;   ///< lines that are read at once; 0: all
  std::vector<field> declared;     ///< types of columns; a value that does not fit is rejected
};

/// A source that reads lines by the reader of NDJSON, each group of them as a block of its own.
made_stage given_source(given_records what);

/// A sink that keeps each record as the line that a writer of NDJSON makes of it, in `to`, which
/// may be looked at once the run has ended.
made_stage capture_sink(column_demand wanted, std::shared_ptr<std::vector<std::string>> to);

}  // namespace weir::testing
