#include "pipelines/trial/trial_order.hpp"

#include <algorithm>

namespace weir {
namespace {

bool all_inputs_have_order(const graph& in, std::uint32_t stage) {
  const auto inputs = static_cast<port_number>(in.stages[stage].configured->inputs().size());
  for (port_number port = 0; port < inputs; ++port)
    if (!input_has_order(in, {stage, port})) return false;
  return true;
}

}  // namespace

bool input_has_order(const graph& in, graph_port input) {
  const graph_edge* only = nullptr;
  for (const auto& edge : in.edges) {
    if (edge.to.stage != input.stage || edge.to.port != input.port) continue;
    if (only != nullptr) return false;
    only = &edge;
  }
  return only == nullptr || has_order(in, only->from);
}

bool has_order(const graph& in, graph_port output) {
  const graph_stage& stage = in.stages[output.stage];
  if (output.port == rejected_port(stage) && stage.configured->inputs().size() > 1) return false;
  if (!stage.ordered && stage.workers.value_or(1) != 1) return false;
  return all_inputs_have_order(in, output.stage);
}

}  // namespace weir
