#pragma once

#include "runtime/graph/graph.hpp"

namespace weir {

/// Whether the records of an output come in the same order in every run: they do unless paths were
/// merged somewhere above, or a stage there has workers that give up the order. Records that a
/// stage with several inputs refuses have no order either.
bool has_order(const graph& in, graph_port output);

/// The same of what arrives at an input.
bool input_has_order(const graph& in, graph_port input);

}  // namespace weir
