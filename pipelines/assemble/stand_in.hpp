#pragma once

#include <functional>
#include <string>

#include "runtime/graph/graph.hpp"

namespace weir {

/// A source or sink that is made by a program and named in no file.
struct stand_in {
  std::string type;  ///< as reports name it
  stage_kind kind = stage_kind::source;
  column_demand wanted = {};  ///< of a sink
  known_columns known = {};   ///< of a source's records
  std::function<configured_stage::instance()> make;
};

/// Puts `what` in place of a stage, or into a new one. What the pipeline file says of the stage's
/// name, place and workers stays; what it would do when it fails says nothing of what stands in for
/// it.
void put(graph_stage& in_place_of, stand_in what);

}  // namespace weir
