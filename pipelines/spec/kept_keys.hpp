#pragma once

#include <string>
#include <vector>

#include "runtime/config/config_value.hpp"
#include "runtime/config/problems.hpp"

namespace weir {

/// Refuses values of a stage's keys that are kept for later versions: silence would promise what is
/// not done. `by` is left to the stage, which may have an option of that name.
void refuse_kept_stage_keys(const config_value& stage, problems& found);

/// The names of a stage's keys that are kept for later.
std::vector<std::string> kept_stage_keys();

}  // namespace weir
