#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/base/clock.hpp"
#include "runtime/executor/stage_instances.hpp"
#include "runtime/graph/plan.hpp"
#include "runtime/stage/memory_account.hpp"

namespace weir {

/// What is shared by all shells of a run.
struct run_environment {
  const plan& planned;
  const clock& time;
  memory_budget& budget;
  std::uint64_t seed;
  std::vector<node_instances>& instances;  ///< by node; each shell takes its own
  std::string temporary_folder = "/tmp";
};

}  // namespace weir
