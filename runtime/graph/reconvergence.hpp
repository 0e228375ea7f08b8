#pragma once

#include "runtime/graph/plan.hpp"

namespace weir {

/// Gives joins the credit they need to never stall.
///
/// Where two paths from one stage meet again at a stage that reads its inputs in an order of its
/// own (a zip), what one path holds back must find room on the other: n chunks held need n more
/// chunks of credit there. Model-checked for chunks(n) against two edges: a stall exactly when n >
/// 2 x credit. A path that holds everything, or whose records may vanish or multiply, needs what no
/// plan can know: that is a warning, and the run widens within its memory.
void widen_joins(plan& out);

}  // namespace weir
