#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/config/option_set.hpp"

namespace weir {

/// The spaces before the text of a manual page.
inline constexpr std::size_t margin = 4;

/// Two columns: labels, and texts that are wrapped beside them.
std::string two_columns(const std::vector<std::pair<std::string, std::string>>& rows,
                        std::size_t indent, std::size_t width);

/// Options, or keys: each with what it takes, its meaning and the names it may have.
std::string options_text(const std::vector<option_declaration>& options, std::size_t width);

/// Lines, each with spaces before it.
std::string indented(std::string_view text, std::size_t indent);

}  // namespace weir
