#pragma once

#include "pipelines/cli/command_line.hpp"
#include "pipelines/cli/exit_code.hpp"

namespace weir {

/// `weir run`: loads, runs, reports. Owns the signals while the pipeline runs.
exit_code run_pipeline(const run_arguments& arguments);

}  // namespace weir
