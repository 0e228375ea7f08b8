#pragma once

#include "pipelines/assemble/draft.hpp"
#include "runtime/config/problems.hpp"
#include "runtime/stage/registry.hpp"

namespace weir {

/// Finds each stage's type and reads its options.
draft configure_stages(const pipeline_spec& spec, const registry& known, problems& found);

}  // namespace weir
