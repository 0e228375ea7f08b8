#pragma once

#include "pipelines/assemble/draft.hpp"
#include "runtime/config/problems.hpp"

namespace weir {

/// Finds sinks that write one file, and sinks that write what a stage of the same pipeline reads.
/// Paths are compared as the working directory and links make them; globs are matched.
void check_files(const draft& in, problems& found);

}  // namespace weir
