#pragma once

#include <string>
#include <vector>

#include "pipelines/cli/report_surroundings.hpp"
#include "runtime/config/problems.hpp"
#include "runtime/observe/run_report.hpp"

namespace weir {

/// The whole report as one JSON object, for programs. Names of members are stable; new ones may be
/// added. Durations end in `_ns`, sizes in `_bytes`.
std::string report_json(const run_report& run, const report_surroundings& around);

/// The report of a run that did not begin, as its file is wrong: `outcome` is `not-started`.
std::string report_json_of_no_run(const std::vector<problem>& problems, int exit_code);

}  // namespace weir
