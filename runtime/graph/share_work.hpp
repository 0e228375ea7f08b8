#pragma once

#include "runtime/graph/plan.hpp"

namespace weir {

/// Gives stages the workers that the graph asks for, and sources that can share their input as many
/// as there are threads, divided among them.
///
/// A stage with workers has a node for each; a transform one more in front, which gives each chunk
/// to one of them, and every output that is read one behind, which takes what they give in the
/// order of its turns, or (`ordered` false) as it comes. Nothing can stall there: the worker whose
/// turn it is has given all of its earlier turns away, so its own edge has room.
///
/// Requires: threads > 0; the plan is otherwise complete.
void share_work(plan& out, unsigned threads);

}  // namespace weir
