#pragma once

#include "runtime/stage/stage.hpp"

namespace weir {

/// What those who run a stage set in it, and its author does not: for executors and test harnesses.
class stage_access {
 public:
  /// Tells a transform how many output ports it has, `rejected` not counted. Before `open`.
  static void set_outputs(transform& of, port_number outputs) { of.outputs_ = outputs; }
};

}  // namespace weir
