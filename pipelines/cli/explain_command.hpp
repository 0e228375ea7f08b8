#pragma once

#include "pipelines/cli/command_line.hpp"
#include "pipelines/cli/exit_code.hpp"

namespace weir {

/// `weir explain`: what is planned for a pipeline, on standard output. The problems of a file that
/// can't be run are told as `weir check` tells them, as JSON too.
exit_code explain_pipeline(const explain_arguments& arguments);

}  // namespace weir
