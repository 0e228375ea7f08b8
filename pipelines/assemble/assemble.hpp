#pragma once

#include <optional>
#include <string_view>

#include "pipelines/spec/pipeline_reader.hpp"
#include "pipelines/spec/pipeline_spec.hpp"
#include "runtime/config/problems.hpp"
#include "runtime/graph/graph.hpp"
#include "runtime/stage/registry.hpp"

namespace weir {

/// Makes the graph of a pipeline: reads each stage's options, wires the stages, and checks what
/// can be known before a run (columns, files, cycles, outputs that nobody reads).
///
/// A check of a pipeline is this, the graph thrown away: what runs has passed it.
/// Errors: all that is wrong is added to `found`, in no order; none where `found` has an error.
std::optional<graph> assemble(const pipeline_spec& spec, const registry& known, problems& found);

/// Reads a pipeline file and assembles it; problems come in the order of the file.
std::optional<graph> load_pipeline(std::string_view text, std::string_view file_name,
                                   const registry& known, const pipeline_inputs& inputs,
                                   problems& found);

}  // namespace weir
