#pragma once

#include <string>

#include "runtime/observe/stall_report.hpp"

namespace weir {

/// The stall as a flowchart in Mermaid: a node a stage, an arrow an edge with what is on it, and a
/// dotted arrow from who waits to whom it waits for. The stages of the cycle have a thick border.
///
/// Nodes are numbered and all text in it is escaped, so that any name gives a flowchart.
std::string stall_mermaid(const stall_report& report);

}  // namespace weir
