#pragma once

#include <optional>
#include <string>
#include <vector>

#include "pipelines/cli/command_line.hpp"
#include "pipelines/cli/exit_code.hpp"
#include "runtime/config/problems.hpp"
#include "runtime/graph/graph.hpp"

namespace weir {

/// `weir run`: loads, runs, reports. Owns the signals while the pipeline runs.
exit_code run_pipeline(const run_arguments& arguments);

/// A pipeline file that was read for a run.
struct loaded_pipeline {
  std::optional<graph> made;      ///< none: the file is wrong
  std::vector<problem> problems;  ///< of the file
};

/// Reads the pipeline file of the arguments, and tells what is wrong with it or odd: in words, or,
/// where a report to programs is asked for and there will be no run, by that.
loaded_pipeline load_for_run(const run_arguments& arguments);

/// The same for a graph that is made already; `problems` are those of its file, for a report to
/// programs. The file of dead letters, if there is to be one, is opened.
exit_code run_graph(const run_arguments& arguments, graph what, std::vector<problem> problems);

/// Tells why there is no run: in words, or behind `problems` in a report to programs.
exit_code refuse_run(const run_arguments& arguments, std::vector<problem> problems,
                     const error& why, exit_code code);
/// The same for a report to programs alone.
exit_code report_no_run(const std::vector<problem>& problems, exit_code code);

/// Where programs keep what nobody needs after them.
std::string temporary_folder();

}  // namespace weir
