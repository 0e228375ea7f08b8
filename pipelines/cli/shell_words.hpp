#pragma once

#include <string>
#include <string_view>

#include "pipelines/cli/command_line.hpp"

namespace weir {

/// A word for a shell, in quotes where it needs them.
std::string shell_word(std::string_view text);

/// What a pipeline file was given, as it is given again: ` --param day=1`. Empty: nothing.
std::string shell_words(const file_arguments& given);

}  // namespace weir
