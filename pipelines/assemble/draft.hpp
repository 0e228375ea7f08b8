#pragma once

#include <memory>
#include <string>
#include <vector>

#include "pipelines/spec/pipeline_spec.hpp"
#include "runtime/graph/graph.hpp"
#include "runtime/stage/stage_type.hpp"

namespace weir {

/// A stage on its way into a graph; parts of it may be missing, which was told.
struct draft_stage {
  const stage_spec* spec = nullptr;
  std::shared_ptr<const stage_type> type;              ///< null: unknown
  std::shared_ptr<const configured_stage> configured;  ///< null: unknown
  bool is_sound = false;  ///< all its options are known, so that its ports and columns are true
  std::vector<std::string> inputs;
  std::vector<std::string> outputs;  ///< without `rejected`

  bool has_outputs() const { return type && type->kind != stage_kind::sink; }
  port_number rejected() const { return static_cast<port_number>(outputs.size()); }
};

/// A graph that may still be wrong: what all checks work on.
struct draft {
  const pipeline_spec* spec = nullptr;
  std::vector<draft_stage> stages;  ///< as in the file
  std::vector<graph_edge> edges;
  bool is_wired = true;  ///< every `from` was understood, so that no edge is missing

  std::string subject(std::size_t stage) const {
    return "stage '" + stages[stage].spec->name + "'";
  }
};

}  // namespace weir
