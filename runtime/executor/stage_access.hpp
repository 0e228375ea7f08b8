#pragma once

#include "runtime/stage/stage.hpp"

namespace weir {

/// What executors alone may set of a stage.
class stage_access {
 public:
  static void set_outputs(transform& of, port_number count) { of.outputs_ = count; }
};

}  // namespace weir
