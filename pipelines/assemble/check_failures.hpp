#pragma once

#include <optional>
#include <string>

#include "pipelines/assemble/draft.hpp"
#include "runtime/config/problems.hpp"

namespace weir {

/// Why the stage can't do what its policy says, or the pipeline's where it has none of its own;
/// none where it can.
std::optional<std::string> why_not_held(const draft& in, std::uint32_t at);

/// Whether a failure of the stage has the whole run begin again, by the pipeline's strategy.
bool restarts_run(const draft& in, std::uint32_t at);

/// By the pipeline's strategy the first stage above with which the stage begins anew; none: it does
/// not.
std::optional<std::uint32_t> leader_of(const draft& in, std::uint32_t at);

/// Why no call of the stage can be made again after a temporary cause; none where it can.
std::optional<std::string> why_not_retried(const stage_type& type);

/// Finds policies that a stage can't hold: one of its own is refused, of the pipeline's it is told
/// that the stage ends the run all the same.
void check_failures(const draft& in, problems& found);

}  // namespace weir
