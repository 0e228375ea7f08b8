#pragma once

#include <vector>

#include "pipelines/spec/pipeline_spec.hpp"
#include "runtime/config/problems.hpp"

namespace weir {

/// The name and type of a stage: what must be known of all stages before one is read.
struct stage_head {
  std::string name;
  bool is_named = false;
  source_place name_place;
  std::string type;  ///< empty: none, told already
  source_place type_place;
};

/// Reads the heads of all stages and gives those without a name their default names.
std::vector<stage_head> read_stage_heads(const std::vector<config_value>& stages, problems& found);

/// Reads the keys that every stage has; what is left are options. Adds problems with the stage's
/// name as their subject. What it does not say of failures is as in `otherwise`.
stage_spec read_stage(const stage_head& head, const config_value& from,
                      const failure_policy& otherwise, problems& found);

}  // namespace weir
