#pragma once

#include <string>
#include <vector>

#include "pipelines/cli/report_surroundings.hpp"
#include "runtime/config/problems.hpp"
#include "runtime/observe/run_report.hpp"

namespace weir {

/// The whole report as one JSON object, for programs. Names of members are stable; new ones may be
/// added. Durations end in `_ns`, sizes in `_bytes`.
///
/// `stall` is null but where a stall ended the run: `stages` that can't go on, `edges` between them
/// and those they wait on, and both as a flowchart for Mermaid (`mermaid`). A stage `waits_for`
/// `room` or `input` on its `edges` (numbers in the list of edges, from 0), of `each` or of `any`,
/// and has `waited_ns`; those `in_cycle` wait for each other. `part` names a part of the plan that
/// stands at `name`, such as the `fork` below a port. An edge's `producer` and `consumer` are
/// numbers in the list of stages, null where that one has ended.
std::string report_json(const run_report& run, const report_surroundings& around);

/// The report of a run that did not begin, as its file is wrong: `outcome` is `not-started`.
std::string report_json_of_no_run(const std::vector<problem>& problems, int exit_code);

}  // namespace weir
