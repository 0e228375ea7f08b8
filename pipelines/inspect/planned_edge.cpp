#include "pipelines/inspect/planned_edge.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "pipelines/inspect/text_layout.hpp"

namespace weir {

const plan_edge* planned_edge(const plan& planned, const graph_edge& edge) {
  const auto& from = planned.what.stages[edge.from.stage];
  const auto name = fmt::format("{}.{}", from.name, output_name(from, edge.from.port));
  const auto found =
      std::find_if(planned.edges.begin(), planned.edges.end(), [&](const plan_edge& e) {
        const plan_node& reader = planned.nodes[e.to.stage];
        if (e.from_name != name || reader.stage != edge.to.stage) return false;
        switch (reader.what) {
          case plan_node::role::stage:
            return e.to.port == edge.to.port;
          case plan_node::role::merge:
          case plan_node::role::dispatch:
            return true;
          default:
            return false;
        }
      });
  return found == planned.edges.end() ? nullptr : &*found;
}

std::string output_read(const graph& of, graph_port output) {
  const graph_stage& stage = of.stages[output.stage];
  const auto port = output_name(stage, output.port);
  return port == "out" ? stage.name : stage.name + "." + port;
}

std::string to_text(const credit_limits& credit) {
  return fmt::format("{}, {}", counted(credit.chunks, "chunk"), to_text(credit.bytes));
}

}  // namespace weir
