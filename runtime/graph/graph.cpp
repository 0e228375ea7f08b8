#include "runtime/graph/graph.hpp"

namespace weir {

std::string output_name(const graph_stage& stage, port_number port) {
  const auto names = stage.configured->outputs();
  return port < names.size() ? names[port] : "rejected";
}

}  // namespace weir
