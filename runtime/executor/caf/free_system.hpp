#pragma once

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/logger.hpp>
#include <utility>

namespace weir {

/// An actor system that any thread may end.
///
/// CAF's own has the thread that made it, or that spawned an actor, hold its logger, also where
/// nothing is logged; and its end waits until no other thread holds that: for ever.
class free_system {
 public:
  /// Requires: `config` outlives it.
  explicit free_system(caf::actor_system_config& config) : actors_(config) { let_go(); }

  /// As `caf::actor_system::spawn`.
  template <class Actor, caf::spawn_options Options = caf::no_spawn_options, class... Arguments>
  auto spawn(Arguments&&... arguments) {
    auto made = actors_.spawn<Actor, Options>(std::forward<Arguments>(arguments)...);
    let_go();
    return made;
  }
  auto& scheduler() { return actors_.scheduler(); }

 private:
  static void let_go() { caf::logger::set_current_actor_system(nullptr); }

  caf::actor_system actors_;
};

}  // namespace weir
