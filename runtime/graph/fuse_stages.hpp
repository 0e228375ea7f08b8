#pragma once

#include "runtime/graph/plan.hpp"

namespace weir {

/// Puts a stage into the node of the stage that it reads from, where nothing but a hop is lost: it
/// never waits, it alone reads the one output of the other, and with several threads it is cheap,
/// or does its work in the workers of the other.
///
/// Results, names in messages, and how soon a stop takes effect are the same, fused or not.
///
/// Requires: workers are assigned, and have no nodes of their own yet; nodes stand behind what they
///           read from.
void fuse_stages(plan& out, unsigned threads);

}  // namespace weir
