#pragma once

#include "runtime/stage/stage.hpp"

namespace weir {

/// What is set in a stage by those who make it, and not by its author.
class stage_access {
 public:
  /// Tells a transform how many ports it has, `rejected` not counted. Before `open`.
  static void set_ports(transform& of, port_number inputs, port_number outputs) {
    of.inputs_ = inputs;
    of.outputs_ = outputs;
  }
};

}  // namespace weir
