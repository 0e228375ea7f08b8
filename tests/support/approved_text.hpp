#pragma once

#include <string_view>

namespace weir::testing {

/// Checks that `actual` is the text of the file `name` (a path from tests/ on), and shows the first
/// line that differs. With WEIR_APPROVE in the environment the file is written instead: read the
/// difference before it is committed.
void check_approved(std::string_view name, std::string_view actual);

}  // namespace weir::testing
