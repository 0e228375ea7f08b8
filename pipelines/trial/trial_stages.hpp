#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "pipelines/spec/test_records.hpp"
#include "runtime/data/schema.hpp"
#include "runtime/graph/graph.hpp"

namespace weir {

/// Records that stand in for those of a source.
struct given_records {
  std::string name;                ///< of the input, for places and rejected records
  std::vector<std::string> lines;  ///< a JSON object each
  std::size_t chunk_records = 0;   ///< lines that are read at once; 0: all
  std::vector<field> declared;     ///< types of columns; a value that does not fit is rejected
};

/// What a test has seen at one place of a pipeline, by record.
struct captured_records {
  std::vector<std::string> lines;  ///< as a writer of NDJSON makes them
  /// By condition: empty where it is true for a record, else what it is instead (`false`, `null`,
  /// `5`), or why it has no value.
  std::vector<std::vector<std::string>> failings;
  bool is_void = false;  ///< the run failed; where it begins again, all comes again
};

/// In place of a source: reads lines by the reader of NDJSON, each group of them as a block of its
/// own. What the pipeline file says of its name, place and workers stays.
void put_given_records(graph_stage& in_place_of, given_records what);

/// What is kept of one place, at most: more is a failure of the run with the code below, as where a
/// source has no end.
inline constexpr byte_size captured_bytes_max = 64_MiB;
inline constexpr const char* too_many_records = "too-many-records";

/// A sink's stand-in that keeps records and what `conditions` are for them in `to`, which may be
/// looked at once the run has ended.
void put_capture(graph_stage& in_place_of, column_demand wanted,
                 std::vector<test_condition> conditions, std::shared_ptr<captured_records> to);

}  // namespace weir
