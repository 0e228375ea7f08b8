#include "runtime/graph/graph.hpp"

namespace weir {

std::vector<bool> stages_below(const std::vector<graph_edge>& edges, std::size_t stages,
                               std::uint32_t of) {
  std::vector<bool> below(stages);
  for (bool any = true; any;) {
    any = false;
    for (const auto& edge : edges) {
      if (below[edge.to.stage] || (edge.from.stage != of && !below[edge.from.stage])) continue;
      below[edge.to.stage] = any = true;
    }
  }
  return below;
}

std::string output_name(const graph_stage& stage, port_number port) {
  const auto names = stage.configured->outputs();
  return port < names.size() ? names[port] : "rejected";
}

bool rejects_by_policy(const failure_policy& policy, const stage_type& type) {
  return policy.action == failure_action::skip ||
         (policy.action == failure_action::restart && type.failed == after_failure::goes_on);
}

bool may_reject(const graph_stage& stage) {
  return stage.configured->rejects() || rejects_by_policy(stage.on_failure, *stage.type);
}

}  // namespace weir
