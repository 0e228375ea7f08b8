#pragma once

#include "pipelines/cli/command_line.hpp"
#include "pipelines/cli/exit_code.hpp"

namespace weir {

/// Prints the value of an expression as JSON: for one record, or for each of a file, a line each.
///
/// A file is read by a pipeline of two stages, and ends as any other run does.
exit_code evaluate(const eval_arguments& arguments);

}  // namespace weir
