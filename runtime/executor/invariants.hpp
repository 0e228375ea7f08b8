#pragma once

#include <optional>
#include <span>
#include <string>

#include "runtime/executor/messages.hpp"
#include "runtime/graph/plan.hpp"

namespace weir {

/// What must hold between any two messages, for each edge: no more is in flight than its reader
/// granted, the reader grants no more than its capacity, counters and limits never shrink, each
/// side's ledger balances, and no record is lost between the two.
///
/// `before` and `now` are the shells' states by node, at two moments one after the other; `before`
/// may be empty. Answers what does not hold, as one line; none if all does.
std::optional<std::string> violated_invariant(const plan& planned,
                                              std::span<const shell_status> before,
                                              std::span<const shell_status> now);

}  // namespace weir
