#pragma once

#include <optional>
#include <string>

#include "pipelines/assemble/draft.hpp"
#include "runtime/config/problems.hpp"

namespace weir {

/// Why the stage can't do what its policy says, or the pipeline's where it has none of its own;
/// none where it can.
std::optional<std::string> why_not_held(const draft& in, std::uint32_t at);

/// Whether records may be rejected by a policy that holds, whatever the stage itself rejects.
bool rejects_by_policy(const failure_policy& policy, const stage_type& type);

/// Finds policies that a stage can't hold: one of its own is refused, of the pipeline's it is told
/// that the stage ends the run all the same.
void check_failures(const draft& in, problems& found);

}  // namespace weir
