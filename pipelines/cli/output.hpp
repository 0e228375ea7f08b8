#pragma once

#include <string>
#include <string_view>

#include "pipelines/cli/exit_code.hpp"
#include "runtime/base/error.hpp"

namespace weir {

/// Writes a command's result to standard output. `exit_handled` if that went well or nobody reads
/// it any more; else why not is told.
exit_code put(std::string_view text);

/// Tells on standard error what is wrong: `weir: text (detail)`.
void tell(const error& what);

}  // namespace weir
