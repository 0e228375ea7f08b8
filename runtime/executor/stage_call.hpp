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
  roll_back,
  close,
  settle,
  below,  // the stages fused behind the first
};

/// Whether the call is one of those by which a stage that failed begins anew.
inline bool is_to_begin_anew(call_kind kind) {
  return kind == call_kind::close || kind == call_kind::open || kind == call_kind::roll_back;
}

/// Whether the call is a part of a stage's work, and not of its life.
inline bool is_work(call_kind kind) { return kind >= call_kind::pull && kind <= call_kind::flush; }

/// One call: which, of which input port, and (`settle`) what it is told.
struct stage_call {
  call_kind kind = call_kind::none;
  port_number port = 0;
  outcome how = outcome::failed;
};

}  // namespace weir
