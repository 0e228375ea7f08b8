#pragma once

#include <string>

#include "pipelines/cli/report_surroundings.hpp"
#include "runtime/observe/run_report.hpp"

namespace weir {

/// The table at the end of a run for people: a line a stage, then what is worth a sentence.
/// Columns give way, least important first, until the table fits the terminal.
std::string report_text(const run_report& run, const report_surroundings& around);

/// Why the run did not succeed, as its last lines: the first cause with the place in the pipeline
/// file, the stage, and the input's place; stages that would not end. Empty where it succeeded.
std::string failure_text(const run_report& run, const report_surroundings& around);

}  // namespace weir
