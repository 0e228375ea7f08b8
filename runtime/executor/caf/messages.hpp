#pragma once

#include <caf/allowed_unsafe_message_type.hpp>

#include "runtime/executor/messages.hpp"

namespace weir {

/// A shell's report with its sender, for the supervisor's actor.
struct report_envelope {
  std::uint32_t node = 0;
  shell_report what;
};
/// A time set by a shell has come.
struct wake_due {
  std::uint64_t number = 0;
};
/// Somebody used the stage's waker.
struct stage_woken {};
struct call_returned {};
/// The shell has more to do; sent to itself, so that urgent messages get between two calls.
struct step_again {};

struct run_begins {};
struct run_drains {};
struct run_aborts {};
struct supervisor_tick {};

}  // namespace weir

// All of them stay within one process.
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::upstream_message)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::downstream_message)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::shell_command)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::report_envelope)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::wake_due)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::stage_woken)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::call_returned)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::step_again)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::run_begins)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::run_drains)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::run_aborts)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::supervisor_tick)
