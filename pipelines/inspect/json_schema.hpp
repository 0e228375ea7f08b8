#pragma once

#include <string>
#include <vector>

#include "runtime/stage/stage_type.hpp"

namespace weir {

/// A JSON Schema (draft 2020-12) of the pipeline files that these stage types make possible: what
/// editors complete and check with. It refuses no file that is right: each value may also be
/// written with `${NAME}`, and what needs more than one value at hand is left to `check`.
std::string json_schema_of(const std::vector<stage_type>& types);

/// The schema of one stage's entry in a pipeline file.
std::string json_schema_of(const stage_type& type);

}  // namespace weir
