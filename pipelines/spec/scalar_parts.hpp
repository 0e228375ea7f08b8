#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

#include "pipelines/spec/yaml_text.hpp"

namespace weir {

/// Where the parts of a scalar stand that does not stand in the file as it is: one with escapes, a
/// block, or one over several lines. `offset` is that of its quote, `|`, `>` or first character.
///
/// What can't be followed stands at the last place that could.
std::shared_ptr<const std::vector<text_part>> scalar_parts(const yaml_text& text,
                                                           std::size_t offset,
                                                           std::string_view value);

}  // namespace weir
