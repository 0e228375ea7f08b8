#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>

#include "pipelines/simulation/source_sample.hpp"
#include "pipelines/simulation/stage_fault.hpp"

namespace weir {

/// How a sample is given, and how far that has come.
struct given_sample {
  std::uint32_t chunk_records = 0;  ///< records that are given at once; 0: as they were read
  /// So many and no more, refused ones with them: the source ends early.
  std::uint64_t until = std::numeric_limits<std::uint64_t>::max();
  std::shared_ptr<stage_fault> fails = nullptr;     ///< null: no call fails
  std::function<void(std::string)> tell = nullptr;  ///< what happens, for people

  std::uint64_t given = 0;    ///< records, refused ones with them
  std::uint64_t records = 0;  ///< the same without them
  bool ended = false;         ///< it came to its end
};

/// In place of a source: gives its sample, at the times at which the source did. `how` is shared by
/// all that want to know how far it has come.
void put_sample(graph_stage& in_place_of, std::shared_ptr<const source_sample> what,
                std::shared_ptr<given_sample> how);

}  // namespace weir
