#pragma once

#include <string>

#include "runtime/graph/plan.hpp"

namespace weir {

/// The edge of the plan that brings what `edge` stands for to its reader, or to where several
/// writers of that reader meet; null where the plan has no edge between the two.
const plan_edge* planned_edge(const plan& planned, const graph_edge& edge);

/// An output as `from` names it: `access`, `access.rejected`.
std::string output_read(const graph& of, graph_port output);

/// `8 chunks, 8MiB`.
std::string to_text(const credit_limits& credit);

}  // namespace weir
