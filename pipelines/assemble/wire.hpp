#pragma once

#include "pipelines/assemble/draft.hpp"
#include "runtime/config/problems.hpp"

namespace weir {

/// Connects the stages as their `from` says, or each to the one directly above it.
void wire_stages(draft& stages, problems& found);

}  // namespace weir
