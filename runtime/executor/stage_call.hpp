#pragma once

#include <cstdint>

#include "runtime/stage/stage.hpp"

namespace weir {

/// What a shell calls of its stages.
enum class call_kind : std::uint8_t {
  none,
  open,
  pull,
  process,
  resume,
  on_mark,
  finish,
  flush,
  close,
  settle,
  below,  // the stages fused behind the first
};

/// One call: which, of which input port, and (`settle`) what it is told.
struct stage_call {
  call_kind kind = call_kind::none;
  port_number port = 0;
  outcome how = outcome::failed;
};

}  // namespace weir
