#pragma once

#include <string>

#include "pipelines/cli/report_surroundings.hpp"
#include "runtime/observe/run_report.hpp"

namespace weir {

/// The whole report as one JSON object, for programs. Names of members are stable; new ones may be
/// added. Durations end in `_ns`, sizes in `_bytes`.
std::string report_json(const run_report& run, const report_surroundings& around);

}  // namespace weir
