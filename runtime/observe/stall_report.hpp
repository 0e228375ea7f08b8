#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/base/clock.hpp"
#include "runtime/flow/credit.hpp"

namespace weir {

/// A stage that can't go on, or a part of the plan, such as the fork below a port.
struct stalled_stage {
  std::string name;          ///< of the stage; of a part of the plan, of where it stands
  std::string part;          ///< `fork`, `merge`, `dispatch`, `collect`; empty: the stage itself
  std::uint32_t worker = 0;  ///< which of its stage's workers, from 1; 0: there is one
  std::vector<std::string> runs_with;  ///< stages fused behind it, in order: one waits, all wait
  bool in_cycle = false;               ///< it waits for itself, by way of others
  bool wants_room = false;             ///< it waits for room on its edges, else for input from them
  bool any = false;                    ///< input from one of its edges would do
  std::vector<std::size_t> edges;      ///< those it waits on, as numbers in the report
  nanoseconds waited{0};
};

/// An edge that a stalled stage waits on, or that leads from one to another.
struct stalled_edge {
  std::string from;  ///< as in the report of the edge
  std::string to;
  /// The stages at its ends, as numbers in the report; none where that one has ended.
  std::optional<std::size_t> producer;
  std::optional<std::size_t> consumer;
  edge_count queued;  ///< waits at its reader
  credit_limits credit;
};

/// A stall as one look found it: who waits for whom, on which edge, and for how long.
struct stall_report {
  std::vector<stalled_stage> stages;  ///< those of the cycle first, each before whom it waits for
  std::vector<stalled_edge> edges;
};

/// `'zip'`, `the fork of 'access.out'`, `worker 2 of 'parse'`, `'map' with 'filter'`.
std::string name_of(const stalled_stage& stage);

/// What is on an edge: `empty`, `full: 8 of 8 chunks`, `full: 2MiB of 2MiB in 3 chunks`,
/// `3 of 8 chunks`.
std::string load_of(const stalled_edge& edge);

/// The report for people, a line a stage: what it waits for, on which edges, what is on these, and
/// for how long. Of many stages those of the cycle and a few more are told.
std::vector<std::string> stall_lines(const stall_report& report);

}  // namespace weir
