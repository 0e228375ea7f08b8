#pragma once

#include <string>
#include <vector>

#include "pipelines/spec/stage_reader.hpp"
#include "runtime/config/config_value.hpp"
#include "runtime/config/problems.hpp"

namespace weir {

/// Puts each `stage.option=value` of `settings` into its stage; the value is read as YAML. Problems
/// stand at the argument (`--set stage.option=value`).
void apply_settings(const std::vector<std::string>& settings, const std::vector<stage_head>& heads,
                    std::vector<config_value>& stages, problems& found);

}  // namespace weir
