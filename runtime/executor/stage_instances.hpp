#pragma once

#include <optional>
#include <vector>

#include "runtime/base/error.hpp"
#include "runtime/graph/plan.hpp"

namespace weir {

/// What a node calls.
struct stage_instance {
  configured_stage::instance what;
  bool blocks = false;          ///< has a thread of its own
  std::optional<error> unmade;  ///< why it is never opened: a failure of the stage
};

/// The instances of all nodes, those of one stage's workers made together.
std::vector<stage_instance> make_instances(const plan& planned);

}  // namespace weir
