#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/graph/graph.hpp"

namespace weir {

/// What came to one sink of a simulated run, in whatever instance of it.
struct sink_records {
  std::vector<std::string> lines;  ///< as `record_text` spells records
  byte_size bytes;
  std::optional<outcome> settled = std::nullopt;  ///< what it was told of the run's end
};

/// What is kept of a sink, at most: more is a failure of the run.
inline constexpr byte_size kept_bytes_max = 64_MiB;
inline constexpr const char* too_many_kept = "too-many-records";

/// In place of a sink: keeps the records in `to` and writes nowhere. What the file says of it
/// stays, as does whether a write that failed is undone.
///
/// A sink that wants whole records gets them whole; of others the columns that they want.
void put_keeper(graph_stage& in_place_of, std::shared_ptr<sink_records> to);

}  // namespace weir
