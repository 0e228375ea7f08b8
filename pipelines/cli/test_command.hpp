#pragma once

#include "pipelines/cli/command_line.hpp"
#include "pipelines/cli/exit_code.hpp"

namespace weir {

/// `weir test`: runs the tests of pipeline files, each in many ways, and tells what came of them on
/// standard output. What is wrong with a file is told on standard error, and then no test is run.
///
/// `exit_handled` if all tests passed, `exit_failed` if one did not, `exit_usage` if a file is
/// wrong or there is no test to run.
exit_code test_pipelines(const test_arguments& arguments);

}  // namespace weir
