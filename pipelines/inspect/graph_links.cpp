#include "pipelines/inspect/graph_links.hpp"

#include <algorithm>

#include "runtime/base/check.hpp"

namespace weir {

graph_links::graph_links(const graph& of) : into(of.stages.size()), out_of(of.stages.size()) {
  for (const auto& edge : of.edges) {
    into[edge.to.stage].push_back(&edge);
    out_of[edge.from.stage].push_back(&edge);
  }
  std::vector<std::size_t> missing(of.stages.size());
  for (std::uint32_t stage = 0; stage < missing.size(); ++stage) {
    missing[stage] = into[stage].size();
    if (missing[stage] == 0) order.push_back(stage);
  }
  for (std::size_t i = 0; i < order.size(); ++i)
    for (const auto* edge : out_of[order[i]])
      if (--missing[edge->to.stage] == 0) order.push_back(edge->to.stage);
  WEIR_CHECK(order.size() == missing.size(), "a graph to be explained has a cycle");
}

bool graph_links::is_read(graph_port output) const {
  const auto& readers = out_of[output.stage];
  return std::any_of(readers.begin(), readers.end(),
                     [&](const graph_edge* edge) { return edge->from.port == output.port; });
}

}  // namespace weir
