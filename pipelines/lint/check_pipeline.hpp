#pragma once

#include <string_view>

#include "pipelines/spec/pipeline_reader.hpp"
#include "runtime/config/problems.hpp"
#include "runtime/stage/registry.hpp"

namespace weir {

/// Everything that is wrong or odd in a pipeline file, in the order of the file. A run finds the
/// same, as both assemble the pipeline in one way.
problems check_pipeline(std::string_view text, std::string_view file_name, const registry& known,
                        const pipeline_inputs& inputs = {});

}  // namespace weir
