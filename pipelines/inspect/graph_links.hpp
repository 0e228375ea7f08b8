#pragma once

#include <cstdint>
#include <vector>

#include "runtime/graph/graph.hpp"

namespace weir {

/// A graph's edges by the stages at their ends.
///
/// Requires: the graph has no cycle and outlives this.
struct graph_links {
  explicit graph_links(const graph& of);

  bool is_read(graph_port output) const;

  std::vector<std::vector<const graph_edge*>> into;    ///< by the stage that reads
  std::vector<std::vector<const graph_edge*>> out_of;  ///< by the stage that is read
  std::vector<std::uint32_t> order;                    ///< each stage behind all it reads
};

}  // namespace weir
