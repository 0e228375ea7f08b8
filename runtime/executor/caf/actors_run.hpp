#pragma once

#include <caf/actor.hpp>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "runtime/executor/run_state.hpp"
#include "runtime/executor/stage_inbox.hpp"

namespace weir {

/// What the actors of one run share: each other's handles, and the figures that others may read.
struct actors_run {
  actors_run(graph what, run_options options, run_attempt attempt, unsigned scheduler_threads)
      : state(std::make_shared<run_state>(std::move(what), std::move(options), std::move(attempt),
                                          scheduler_threads)),
        threads(scheduler_threads) {}

  // The shells share it; a call that is left behind keeps it, and no actor.
  std::shared_ptr<run_state> state;
  unsigned threads;
  // Filled before the first message is sent. The actors hold the run and the run holds them, until
  // they exit.
  struct stage {
    caf::actor actor;
    std::shared_ptr<stage_inbox> inbox;
  };
  std::vector<stage> stages;
  caf::actor supervisor;
  /// How long a stage keeps its thread while others wait.
  nanoseconds turn = std::chrono::milliseconds(5);
  /// Calls that may wait are made where all others are: there is no other thread.
  bool one_thread = false;
  /// In a simulation: how many of so many messages to a stage have come by now, those before the
  /// others. None: all that were sent.
  std::function<std::size_t(std::size_t sent)> arriving;

  std::mutex lock;
  std::condition_variable changed;
  run_report figures;
  bool ended = false;
  std::size_t actors_alive = 0;

  /// Called by each actor when it has given back all it held.
  void leave() {
    {
      const std::lock_guard held(lock);
      --actors_alive;
    }
    changed.notify_all();
  }
};

}  // namespace weir
