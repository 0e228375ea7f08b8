#pragma once

#include <cstdint>
#include <optional>

#include "pipelines/simulation/pipeline_simulation.hpp"

namespace weir {

/// What a seed has chosen of a run, but for its schedule.
struct pipeline_simulation::plot {
  std::uint64_t seed = 0;
  simulated_fault what = simulated_fault::none;
  std::optional<std::uint32_t> stage = std::nullopt;  ///< that fails, is slow or ends early
  fault_plan fails = {};
  std::uint64_t until = 0;  ///< where a source ends early
  /// When the run is to be drained or aborted: so many steps after the sources have given so much.
  std::uint64_t given = 0;
  std::uint64_t steps_more = 0;
  std::uint32_t chunk_records = 0;
  credit_limits credit = {};  ///< of each input whose stage asks for no other
  unsigned threads = 1;
  std::shared_ptr<stage_fault> fault = nullptr;  ///< where a stage is to fail
};

}  // namespace weir
