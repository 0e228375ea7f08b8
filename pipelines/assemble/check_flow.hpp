#pragma once

#include <optional>
#include <vector>

#include "pipelines/assemble/draft.hpp"
#include "runtime/config/problems.hpp"

namespace weir {

/// The stages in an order in which each stands behind all it reads; none, told, where some read
/// each other in a circle.
std::optional<std::vector<std::uint32_t>> order_stages(const draft& in, problems& found);

/// Finds pipelines that end nowhere and outputs that nobody reads.
///
/// Two kinds of warning, one a stage at most of each: records that would leave through an output
/// into nothing (`unread-output`), and records that may be refused and are then only counted
/// (`unread-rejected`), told only of stages that can refuse records and of pipelines without a
/// mistake, so it comes last of all checks.
void check_outputs(const draft& in, problems& found);

}  // namespace weir
