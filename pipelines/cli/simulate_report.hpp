#pragma once

#include <string>
#include <vector>

#include "pipelines/cli/command_line.hpp"
#include "pipelines/simulation/pipeline_simulation.hpp"

namespace weir {

/// Simulated runs, and what they were asked for with.
struct told_simulation {
  const pipeline_simulation& of;
  const simulate_arguments& asked;
  const std::vector<simulated_result>& runs;
};

/// What each fault would do, and what was found: for people.
std::string simulation_text(const told_simulation& what);

/// What came to pass in the only run, in its order, and what came of it: for people.
/// Requires: there is one run.
std::string history_text(const told_simulation& what);

/// The same for programs, with the history where there is one run.
std::string simulation_json(const told_simulation& what);

}  // namespace weir
