#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "runtime/base/clock.hpp"
#include "runtime/flow/credit.hpp"

namespace weir {

/// What a stage waits for, as one look at it found.
struct stage_wait {
  enum class kind : std::uint8_t {
    running,  ///< in a call
    ready,    ///< has something to do, or a message for it is under way
    timed,    ///< will be woken by a time or from outside: a quiet source is no stall
    done,     ///< ended; waits for nothing, and nothing more comes from it
    blocked,  ///< waits until all of `edges`, outputs of its, have room
    starved,  ///< waits for inputs `edges`: for one of them (`any`), else for each of them
  };
  kind what = kind::ready;
  std::vector<edge_id> edges;
  bool any = false;
  /// It has given a waker away and may be woken from outside besides.
  bool may_be_woken = false;
  time_point since{};  ///< of one that is blocked or starved
};

/// An edge as the analysis needs it.
struct stall_edge {
  std::uint32_t producer = 0;  ///< number of a stage
  std::uint32_t consumer = 0;
  credit_limits capacity;
  std::string name;  ///< for people: `fork -> zip`
};

/// Stages that can never go on by themselves, and what would help.
struct stall {
  std::vector<std::uint32_t> stages;  ///< all of them, ascending
  /// Those of one cycle, each waiting for the next and the last for the first; none where they wait
  /// for what has ended.
  std::vector<std::uint32_t> cycle;
  /// When the cycle was closed: since then each of it waits. Without one, since when all wait.
  time_point since{};
  /// Who waits for whom, round the cycle, as one line.
  std::string told;
  /// The full edge of that cycle that has the smallest capacity (Parks' rule for bounded process
  /// networks), its limits and twice as much. None: no room would help, the stages wait for what
  /// has ended.
  std::optional<edge_id> widen;
  credit_limits capacity;
  credit_limits limits;
};

/// Finds the stages that can never go on, however long one waits; none if there are none.
///
/// A stage can go on if it runs, is ready, timed or may be woken; if it is blocked and the readers
/// of all its full edges can; if it is starved and the writers of one (`any`) or of each of its
/// edges can. What that does not reach is stalled, even while other stages of the run go on: only a
/// stop from below could still end it, and nobody can count on that. One cycle is told at a time:
/// after widening, ask again.
///
/// Order:    deterministic: the shortest cycle, of those the one with the lowest stage.
/// Time:     O(stages * (stages + edges)) where there is a stall, else O(stages + edges).
/// Requires: `waits` and `names` are by number of stage, `edges` by number of edge, and nothing
///           moved between the first look and the last: a message under way makes its receiver
///           `ready`.
std::optional<stall> find_stall(std::span<const stage_wait> waits,
                                std::span<const stall_edge> edges,
                                std::span<const std::string> names);

}  // namespace weir
