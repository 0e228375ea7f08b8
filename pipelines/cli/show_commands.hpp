#pragma once

#include "pipelines/cli/command_line.hpp"
#include "pipelines/cli/exit_code.hpp"

namespace weir {

/// `weir graph`: the drawing of a pipeline, on standard output.
exit_code show_graph(const graph_arguments& arguments);

/// `weir list`: all types of stages.
exit_code show_list();

/// `weir inspect`: the manual of a type of stage, or of all.
exit_code show_manual(const inspect_arguments& arguments);

/// `weir version`.
exit_code show_version();

}  // namespace weir
