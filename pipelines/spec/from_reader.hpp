#pragma once

#include "pipelines/spec/pipeline_spec.hpp"
#include "runtime/config/problems.hpp"

namespace weir {

/// Reads what stands behind `from`, in any of its forms. Whether the stages and ports exist is not
/// asked here.
from_spec read_from(const config_value& from, problems& found);

/// Splits `access.rejected` into stage and port; answers false, told, where it is neither.
bool read_stage_reference(const std::string& text, const text_place& place, stage_reference& into,
                          problems& found);

}  // namespace weir
