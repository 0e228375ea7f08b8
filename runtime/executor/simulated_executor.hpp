#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "runtime/executor/executor.hpp"

namespace weir {

/// How far a simulation has come.
struct simulated_moment {
  std::uint64_t step = 0;  ///< the one at hand, from 1; 0: none has begun
  nanoseconds time{0};     ///< since the start, in virtual time
};

/// How a simulation goes on.
struct simulation_options {
  /// Decides all that is left to chance: which actor goes next, how long it goes on, when a timer
  /// comes while there is still work. The same seed, graph and options give the same run.
  std::uint64_t seed = 0;
  /// Called behind each step with its number, from 1; may drain or abort the run, and no more.
  std::function<void(std::uint64_t step, run& of)> on_step;
  /// The time of day, which then stands still; none: virtual time, from 1970 on.
  std::optional<wall_time> time_of_day = std::nullopt;
  /// What the plan is made for, which then has workers and fused stages as for so many; all the
  /// same one thread runs them.
  unsigned threads = 1;
  /// A stage whose turn seldom comes, with those that share its turns; empty: none.
  std::string slow = {};
  /// Whether that stage gets no turn at all any more until it is done, as one whose call does not
  /// return; asked whenever its turn comes. Null: it gets one.
  std::function<bool()> is_dead = nullptr;
  /// Kept up to date, for events that are told meanwhile; null: nobody asks.
  std::shared_ptr<simulated_moment> moment = nullptr;
};

/// Runs graphs as actors do, in one thread and in an order that a seed decides. Time is virtual: it
/// stands still while there is work, and jumps to the next timer where there is none.
///
/// Now and then a message comes that belongs to another opening of its edge, as a late one would.
/// Behind each step the invariants of every edge and stage are looked at (`invariants.hpp`), and
/// whether a stage sleeps to which something was sent. The first thing that is wrong aborts the run
/// and stands, with its step, first among the report's imbalances.
///
/// As with the inline executor the graph runs in the thread that waits. The deadline of `wait` is
/// by the machine's clock. Stages that may wait are called like the others, so that one which does
/// wait keeps all; wakers are used from the thread that waits.
///
/// `run_options::time` is not looked at. Runs may outlive the executor.
std::unique_ptr<executor> make_simulated_executor(simulation_options options);

}  // namespace weir
