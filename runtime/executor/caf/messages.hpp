#pragma once

#include <caf/allowed_unsafe_message_type.hpp>

#include "runtime/executor/messages.hpp"
#include "runtime/executor/stage_inbox.hpp"

namespace weir {

/// A shell's report with its sender, for the supervisor's actor.
struct report_envelope {
  std::uint32_t node = 0;
  shell_report what;
};
/// Something waits in the stage's inbox, or the last turn ended before the work did.
struct turn_due {};
/// In one thread: the call that may wait is due.
struct call_due {};

struct run_begins {};
struct run_drains {};
struct run_aborts {};
struct supervisor_tick {};

}  // namespace weir

// All of them stay within one process.
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::report_envelope)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::wake_due)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::turn_due)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::call_due)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::run_begins)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::run_drains)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::run_aborts)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::supervisor_tick)
