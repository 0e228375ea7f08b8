#pragma once

#include <optional>
#include <string>

#include "pipelines/assemble/draft.hpp"
#include "runtime/config/problems.hpp"

namespace weir {

/// The output that is read where only the stage is named: the port `out`, or its only one; none of
/// a sink or where the options decide the ports.
std::optional<port_number> default_output(const draft_stage& stage);

/// The output that `what` names; none where there is no such, which is told unless it follows from
/// something that was told before.
std::optional<graph_port> find_output(const draft& in, const stage_reference& what,
                                      problems& found);

/// `'a.x', 'a.y' or 'a.rejected'`: what can be read of a stage.
std::string readable_outputs(const draft_stage& stage);

}  // namespace weir
