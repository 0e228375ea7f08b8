#pragma once

#include <string>
#include <vector>

#include "runtime/stage/stage_type.hpp"

namespace weir {

/// The Markdown reference of the stage types, in the order given within each kind.
std::string markdown_of(const std::vector<stage_type>& types);

}  // namespace weir
