#pragma once

#include "pipelines/assemble/draft.hpp"
#include "runtime/config/problems.hpp"

namespace weir {

/// Finds stages with a `timeout` that are no sources.
void check_timeouts(const draft& in, problems& found);

}  // namespace weir
