#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scheduler/coordinator.hpp>
#include <caf/send.hpp>
#include <utility>

#include "runtime/base/check.hpp"
#include "runtime/executor/caf/fair_stealing.hpp"
#include "runtime/executor/caf/messages.hpp"
#include "runtime/executor/caf/stage_actor.hpp"
#include "runtime/executor/caf/supervisor_actor.hpp"

namespace weir {
namespace {

struct scheduler_config : caf::actor_system_config {
  explicit scheduler_config(unsigned threads) {
    set("scheduler.max-threads", static_cast<std::size_t>(threads));
    // A message is a turn here, which a stage ends by itself.
    set("scheduler.max-throughput", std::size_t{1});
    load<caf::scheduler::coordinator<fair_stealing>>();
  }
};

struct actors_system {
  explicit actors_system(unsigned threads) : config(threads), actors(config) {}

  scheduler_config config;
  caf::actor_system actors;
};

class actors_run_handle final : public run {
 public:
  actors_run_handle(std::shared_ptr<actors_system> on, graph what, run_options options,
                    unsigned threads)
      : on_(std::move(on)),
        run_(std::make_shared<actors_run>(std::move(what), std::move(options), threads)) {
    caf::actor_system& system = on_->actors;
    const auto count = static_cast<std::uint32_t>(run_->state->planned.nodes.size());
    run_->actors_alive = count + 1;
    for (std::uint32_t node = 0; node < count; ++node) {
      auto inbox = std::make_shared<stage_inbox>();
      auto actor = system.spawn<stage_actor>(run_, node, inbox);
      run_->stages.push_back({std::move(actor), std::move(inbox)});
    }
    // With a thread of its own it also hears and ends a run whose stages keep all the others.
    run_->supervisor = system.spawn<supervisor_actor, caf::detached>(run_);
    caf::anon_send(run_->supervisor, run_begins{});
  }
  ~actors_run_handle() override {
    abort();
    std::unique_lock held(run_->lock);
    run_->changed.wait(held, [this] { return run_->actors_alive == 0; });
  }

  void drain() override { caf::anon_send(run_->supervisor, run_drains{}); }
  void abort() override { caf::anon_send(run_->supervisor, run_aborts{}); }

  std::optional<run_report> wait(std::optional<time_point> deadline) override {
    std::unique_lock held(run_->lock);
    const auto over = [this] { return run_->ended; };
    if (!deadline) {
      run_->changed.wait(held, over);
    } else if (!run_->changed.wait_for(held, time_until(*deadline), over)) {
      return std::nullopt;
    }
    return run_->figures;
  }

  run_report snapshot() override {
    const std::lock_guard held(run_->lock);
    return run_->figures;
  }

 private:
  nanoseconds time_until(time_point deadline) const {
    const auto now = run_->state->options.time->now();
    return deadline > now + longest_wait ? longest_wait : deadline - now;
  }

  std::shared_ptr<actors_system> on_;  // lives until its last run has ended
  std::shared_ptr<actors_run> run_;
};

class actors_executor final : public executor {
 public:
  explicit actors_executor(unsigned threads)
      : threads_(threads), system_(std::make_shared<actors_system>(threads)) {}

  std::unique_ptr<run> start(graph what, run_options options) override {
    return std::make_unique<actors_run_handle>(system_, std::move(what), std::move(options),
                                               threads_);
  }

 private:
  unsigned threads_;
  std::shared_ptr<actors_system> system_;
};

}  // namespace

std::unique_ptr<executor> make_actors_executor(unsigned threads) {
  WEIR_CHECK(threads > 0, "an actors executor without threads");
  return std::make_unique<actors_executor>(threads);
}

}  // namespace weir
