#pragma once

#include "pipelines/cli/command_line.hpp"
#include "pipelines/cli/exit_code.hpp"

namespace weir {

/// `weir check`: the problems of pipeline files, on standard output.
exit_code check_files(const check_arguments& arguments);

}  // namespace weir
