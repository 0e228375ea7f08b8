#pragma once

#include <vector>

#include "runtime/stage/stage_type.hpp"

namespace weir {

/// Returns every stage type of `actors/`: sources, then transforms, then sinks, each in order of
/// name. The build writes its definition from the names of the files there, so a new stage is
/// listed as soon as its file exists.
std::vector<stage_type> builtin_stages();

}  // namespace weir
