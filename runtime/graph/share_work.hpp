#pragma once

#include "runtime/graph/plan.hpp"

namespace weir {

/// Says how many workers each stage has: as many as the graph asks for, and of a source that can
/// share its input as many as there are threads, divided among such sources.
void assign_workers(plan& out, unsigned threads);

/// Makes a node for each worker; of a transform one more in front, which gives each chunk to one of
/// them; and for every output that is read one behind, which takes what they give in the order of
/// its turns, or (`ordered` false) as it comes. Nothing can stall there: the worker whose turn it
/// is has given all of its earlier turns away, so its own edge has room.
void share_work(plan& out);

}  // namespace weir
