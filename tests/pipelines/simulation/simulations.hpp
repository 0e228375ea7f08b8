#pragma once

#include <doctest/doctest.h>

#include <functional>
#include <string>
#include <vector>

#include "pipelines/simulation/pipeline_simulation.hpp"

namespace weir::testing {

inline std::vector<simulated_fault> all_faults() {
  return {simulated_faults.begin(), simulated_faults.end()};
}

inline pipeline_simulation simulation_of(graph what, std::uint64_t records = 1'000) {
  auto made = pipeline_simulation::make(std::move(what), records);
  if (!made) FAIL(made.error().text);
  return *std::move(made);
}

/// What was found in the runs of the seeds from 1 on, a line each. `on_run` hears of each run.
inline std::string findings_in(
    const pipeline_simulation& of, std::uint64_t seeds,
    const std::vector<simulated_fault>& faults = all_faults(),
    const std::function<void(const simulated_result&)>& on_run = nullptr) {
  std::string text;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const auto run = of.run(seed, faults);
    if (on_run) on_run(run);
    for (const auto& found : run.findings)
      text += "seed " + std::to_string(seed) + ", " + name_of(run.fault) + " '" + run.stage +
              "': " + found + "\n";
  }
  return text;
}

}  // namespace weir::testing
