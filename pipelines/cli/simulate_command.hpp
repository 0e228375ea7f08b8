#pragma once

#include "pipelines/cli/command_line.hpp"
#include "pipelines/cli/exit_code.hpp"

namespace weir {

/// `weir simulate`: runs a pipeline on a sample of its input under schedules and faults that seeds
/// decide, and tells what came of them on standard output. What is wrong with the file is told on
/// standard error.
///
/// `exit_handled` if nothing was found, `exit_failed` if something was or the pipeline fails on the
/// sample by itself, `exit_usage` if the file is wrong.
exit_code simulate_pipeline(const simulate_arguments& arguments);

}  // namespace weir
