#pragma once

#include "pipelines/assemble/draft.hpp"
#include "runtime/config/problems.hpp"

namespace weir {

/// Finds stages that are to have workers and can't, and orders given up where nothing gives them up
/// or where a stage below depends on them.
void check_workers(const draft& in, problems& found);

}  // namespace weir
