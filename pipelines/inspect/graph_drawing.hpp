#pragma once

#include <string>

#include "runtime/graph/plan.hpp"

namespace weir {

/// A drawing of a planned pipeline in text: a line a stage, each below all it reads from and
/// otherwise in the pipeline's order. Edges are lines on the left; name, type and inputs (with
/// ports, and with credit where it is not what most edges have) stand on the right. What the plan
/// has to say follows.
std::string drawing_of(const plan& planned);

}  // namespace weir
