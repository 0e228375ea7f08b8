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
  run_state(graph what, run_options given, run_attempt attempt, unsigned threads)
      : planned(plan_run(std::move(what), threads)),
        options(std::move(given)),
        budget(planned.what.memory),
        instances(make_instances(planned)),
        environment{planned,           *options.time, budget,
                    options.seed,      instances,     options.temporary_folder,
                    std::move(attempt)} {}
  run_state(const run_state&) = delete;
  run_state& operator=(const run_state&) = delete;

  plan planned;
  run_options options;
  memory_budget budget;
  std::vector<node_instances> instances;
  run_environment environment;
};

/// A shell that keeps the state it refers to: a call that is left behind has to own no more.
inline std::shared_ptr<stage_shell> make_shell(std::shared_ptr<run_state> state, std::uint32_t node,
                                               shell_links& links,
                                               std::weak_ptr<wake_target> wake) {
  auto shell = std::make_unique<stage_shell>(state->environment, node, links, std::move(wake));
  return {shell.release(), [kept = std::move(state)](stage_shell* of) { delete of; }};
}

}  // namespace weir
