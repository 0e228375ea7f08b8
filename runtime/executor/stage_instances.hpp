#pragma once

#include <optional>
#include <vector>

#include "runtime/base/error.hpp"
#include "runtime/graph/plan.hpp"

namespace weir {

/// What is called of one stage.
struct stage_instance {
  configured_stage::instance what;
  bool blocks = false;          ///< has a thread of its own
  std::optional<error> unmade;  ///< why it is never opened: a failure of the stage
};

/// What a node calls: its first stage, and those fused behind it.
struct node_instances {
  stage_instance head;
  std::vector<stage_instance> followers;
};

/// Another instance of a stage that has failed. Of workers that share nothing but their work.
stage_instance make_again(const graph_stage& stage);

/// The instances of all nodes, those of one stage's workers made together.
std::vector<node_instances> make_instances(const plan& planned);

}  // namespace weir
