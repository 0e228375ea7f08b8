#pragma once

#include <vector>

#include "pipelines/cli/command_line.hpp"
#include "pipelines/cli/exit_code.hpp"
#include "runtime/config/problems.hpp"
#include "runtime/graph/graph.hpp"

namespace weir {

/// `weir run`: loads, runs, reports. Owns the signals while the pipeline runs.
exit_code run_pipeline(const run_arguments& arguments);

/// The same for a graph that is made already; `problems` are those of its file, for a report to
/// programs.
exit_code run_graph(const run_arguments& arguments, graph what, std::vector<problem> problems);

}  // namespace weir
