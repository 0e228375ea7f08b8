#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "runtime/base/error.hpp"
#include "runtime/flow/edge_ledger.hpp"
#include "runtime/flow/message.hpp"
#include "runtime/observe/run_report.hpp"
#include "runtime/stage/stage.hpp"
#include "runtime/supervision/stall.hpp"

namespace weir {

// What the supervisor tells a stage's shell.

struct open_stage {};
/// All stages are open: inputs are opened, sources begin.
struct go {};
/// Sources end.
struct drain_stage {};
struct abort_stage {};
struct close_stage {};
struct settle_stage {
  outcome how = outcome::failed;
};
/// More credit for one input, to resolve a stall.
struct widen_input {
  edge_id edge = 0;
  credit_limits capacity;
};
/// A stage above was restarted, and these of the node begin anew with it: those from that number
/// on, 0 being the first of them.
struct follow_restart {
  std::size_t first = 0;
};
/// Those below have been told of the restart of a stage here: it goes on.
struct restart_followed {};
struct probe_stage {
  std::uint64_t round = 0;
};

using shell_command =
    std::variant<open_stage, go, drain_stage, abort_stage, close_stage, settle_stage, widen_input,
                 follow_restart, restart_followed, probe_stage>;

// What a shell tells the supervisor.

struct stage_opened {};
/// A call failed; the shell makes no further calls and waits to be aborted.
struct stage_failed {
  std::string call;
  error cause;
  std::string where;
  std::string stage;
  std::vector<std::string> history = {};  ///< of what its policy did before, one line each
};
/// A call failed, and the stage is cut off.
struct stage_isolated {
  stage_failed why;
};
/// A stage that failed has begun anew.
struct stage_restarted {
  std::uint32_t stage = 0;  ///< in the graph
};
/// All its edges have ended, in and out, and no call will follow.
struct stage_done {
  bool cut_short = false;  ///< a source that was drained before its own end
  bool cut = false;        ///< it was cut off, or all that leads to it
  bool partial = false;    ///< something that leads to it was
};
/// Why a stage could not be closed or settled, if so, and which.
struct stage_closed {
  std::optional<error> failure;
  std::string stage;
};
struct stage_settled {
  std::optional<error> failure;
  std::string stage;
};
struct stage_event {
  run_event::kind what;
  std::string text;
  std::string stage;
};

/// The state of a shell at one moment.
struct shell_status {
  std::uint64_t round = 0;
  std::uint64_t calls = 0;
  stage_report figures;
  /// Of the stages fused behind the first, in order.
  struct follower {
    std::uint32_t stage = 0;  ///< in the graph
    stage_report figures;
    std::optional<std::string> imbalance;
  };
  std::vector<follower> followers;
  stage_wait wait;
  bool calling = false;
  std::string call;  ///< the one at hand
  /// By input port and by output port (those nobody reads are left out): the two sides of the
  /// edges' balances, and what tells a message on its way from none.
  struct input {
    edge_id edge = 0;
    consumer_ledger ledger;
    credit_limits capacity;
    edge_count arrived;
    edge_count granted;
    edge_count queued;
    bool stopped = false;
    bool ended = false;
  };
  struct output {
    edge_id edge = 0;
    producer_ledger ledger;
    edge_count sent;
    edge_count limit;
    bool stopped = false;
    bool ended = false;
  };
  std::vector<input> inputs;
  std::vector<output> outputs;
  std::optional<std::string> imbalance;
};

using shell_report =
    std::variant<stage_opened, stage_failed, stage_isolated, stage_restarted, stage_done,
                 stage_closed, stage_settled, stage_event, shell_status>;

}  // namespace weir
