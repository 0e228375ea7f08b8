#pragma once

#include <caf/event_based_actor.hpp>
#include <memory>
#include <optional>

#include "runtime/executor/caf/actors_run.hpp"
#include "runtime/executor/supervisor.hpp"

namespace weir {

/// The supervisor of one run as an actor. Ends itself and the stages' actors when the run has
/// ended.
class supervisor_actor final : public caf::event_based_actor, private supervisor_links {
 public:
  supervisor_actor(caf::actor_config& config, std::shared_ptr<actors_run> run);
  ~supervisor_actor() override;

  caf::behavior make_behavior() override;
  void on_exit() override;
  const char* name() const override { return "weir.supervisor"; }

 private:
  void command(std::uint32_t node, shell_command what) override;
  void keep_figures();
  void end_if_over();

  std::shared_ptr<actors_run> run_;
  std::optional<supervisor> supervisor_;
};

}  // namespace weir
