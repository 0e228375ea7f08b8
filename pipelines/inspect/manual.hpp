#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "runtime/stage/stage_type.hpp"

namespace weir {

/// The manual page of a stage type for a terminal of `width` columns, made from its declaration.
/// `near` are all the stage types there are: the page ends with those of the same kind.
std::string manual_of(const stage_type& type, const std::vector<stage_type>& near,
                      std::size_t width);

/// All stage types with their summaries: sources, transforms, sinks.
std::string list_of(const std::vector<stage_type>& types, std::size_t width);

}  // namespace weir
