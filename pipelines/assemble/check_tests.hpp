#pragma once

#include "pipelines/assemble/draft.hpp"
#include "runtime/config/problems.hpp"

namespace weir {

/// Checks that the stages and ports that a pipeline's tests name are there.
void check_tests(const draft& in, problems& found);

}  // namespace weir
