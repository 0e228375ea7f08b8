#pragma once

#include "pipelines/cli/command_line.hpp"
#include "pipelines/cli/exit_code.hpp"

namespace weir {

/// `weir replay`: gives dead letters to the stages that rejected them, and runs what lies below.
///
/// `exit_usage`, before anything is started, where the pipeline file is wrong, a line is no dead
/// letter, a stage is not there, or a file would be replaced that an earlier run wrote; else as for
/// a run.
exit_code replay_letters(const replay_arguments& arguments);

}  // namespace weir
