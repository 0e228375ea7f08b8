#pragma once

#include <memory>
#include <utility>

#include "runtime/executor/executor.hpp"
#include "runtime/executor/stage_shell.hpp"
#include "runtime/graph/plan.hpp"

namespace weir {

/// What all parts of one run share and what outlives the last of them: also a call that would not
/// return.
struct run_state {
  run_state(graph what, run_options given)
      : planned(make_plan(std::move(what))),
        options(std::move(given)),
        budget(planned.what.memory),
        environment{planned, *options.time, budget, options.seed} {}
  run_state(const run_state&) = delete;
  run_state& operator=(const run_state&) = delete;

  plan planned;
  run_options options;
  memory_budget budget;
  run_environment environment;
};

}  // namespace weir
