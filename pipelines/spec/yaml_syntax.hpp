#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "pipelines/spec/yaml_text.hpp"

namespace weir {

struct yaml_syntax_problem {
  std::size_t offset;
  std::string text;
};

/// Says what a text that is no YAML lacks, in a user's words: the parser's `message` names its own
/// states (`end of map not found`), and its offset is often where it gave up. `open` is where the
/// innermost list or map begins that had not ended there.
yaml_syntax_problem explain_yaml_syntax(const yaml_text& text, std::size_t offset,
                                        std::string_view message, std::optional<std::size_t> open);

}  // namespace weir
