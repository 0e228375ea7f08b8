#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runtime/config/problems.hpp"

namespace weir {

/// A problem for a terminal: its line, the line of the file it stands in, and a caret below the
/// character that is meant. Long lines are cut around the caret. A problem without a line in
/// `file_text` is its line alone. Ends with a line end.
std::string problem_with_caret(const problem& what, std::string_view file_text);

/// Problems for programs: a JSON array with an object a line, its keys `code severity file line
/// column message`; `line` and `column` are 0 where there are none. Ends with a line end.
std::string problems_as_json(const std::vector<problem>& all);

}  // namespace weir
