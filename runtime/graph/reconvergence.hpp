#pragma once

#include "runtime/graph/plan.hpp"

namespace weir {

/// Gives joins the credit they need to never stall.
///
/// Where two paths from one stage meet again at a stage that reads its inputs in an order of its
/// own (a zip), what one path holds back must find room on the other: n chunks held need n more
/// chunks of credit there. That is a little more than the least: shells have a chunk in hand too,
/// so that two edges of credit c stall from n > 2 c + 2 on (tests/models/credit.pml). A path that
/// holds everything, or whose records may vanish or multiply, needs what no plan can know: that is
/// a warning, and the run widens within its memory.
void widen_joins(plan& out);

}  // namespace weir
