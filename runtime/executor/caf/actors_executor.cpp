#include <caf/actor_system_config.hpp>
#include <caf/scheduler/coordinator.hpp>
#include <caf/send.hpp>
#include <latch>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "runtime/base/check.hpp"
#include "runtime/executor/caf/fair_stealing.hpp"
#include "runtime/executor/caf/free_system.hpp"
#include "runtime/executor/caf/messages.hpp"
#include "runtime/executor/caf/stage_actor.hpp"
#include "runtime/executor/caf/supervisor_actor.hpp"
#include "runtime/executor/restarting_run.hpp"

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

// Asks for so many threads at once, and lets them go.
//
// CAF ends the process where it gets one and is refused the next, and a system waits for ever for
// the end of an actor that was refused its thread. So what it will ask for is asked for before,
// where a refusal can be told.
//
// Errors: std::system_error.
void try_threads(unsigned count) {
  struct tried_threads {
    std::latch let_go{1};
    std::vector<std::unique_ptr<unsigned>> held;
    std::vector<std::thread> all;
    ~tried_threads() {
      let_go.count_down();
      for (auto& thread : all) thread.join();
    }
  } tried;
  tried.held.resize(count);
  tried.all.reserve(count);
  for (unsigned i = 0; i < count; ++i)
    tried.all.emplace_back([&tried, i] {
      // Its first allocation takes as much room as some more threads.
      tried.held[i] = std::make_unique<unsigned>(i);
      tried.let_go.wait();
    });
}

// Calls it in a thread of its own, where nobody handles what it throws: that ends the process at
// the throw, with nothing destroyed. What is left of the threads and actors of CAF that were made
// when one more was refused could neither be destroyed, for they run, nor be told to end.
template <class Call>
void call_unhandled(Call&& what) {
  std::thread(std::forward<Call>(what)).join();
}

// How many threads a system with so many for stages has: one more looks at its clock, one prints,
// one makes them.
unsigned threads_of_system(unsigned for_stages) {
  try_threads(for_stages + 3);
  return for_stages;
}

struct actors_system {
  explicit actors_system(unsigned threads) : config(threads_of_system(threads)) {
    call_unhandled([this] { actors = std::make_unique<free_system>(config); });
  }

  scheduler_config config;
  std::unique_ptr<free_system> actors;
};

class actors_run_handle final : public run {
 public:
  actors_run_handle(std::shared_ptr<actors_system> on, graph what, run_options options,
                    run_attempt attempt, unsigned threads)
      : on_(std::move(on)),
        run_(std::make_shared<actors_run>(std::move(what), std::move(options), std::move(attempt),
                                          threads)) {
    try_threads(2);
    call_unhandled([this] { begin(*on_->actors); });
  }
  ~actors_run_handle() override {
    abort();
    std::unique_lock held(run_->lock);
    run_->changed.wait(held, [this] { return run_->actors_alive == 0; });
  }

  void drain() override { caf::anon_send(run_->supervisor, run_drains{}); }
  void abort() override {
    caf::anon_send(run_->supervisor, run_aborts{});
    run_->state->environment.aborting.request_stop();
  }

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
  void begin(free_system& system) {
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
    const clock& waits_by = *options.time;
    return start_restarting(
        std::move(what), std::move(options), waits_by,
        [on = system_, threads = threads_](graph of, run_options with, run_attempt attempt) {
          return std::make_unique<actors_run_handle>(on, std::move(of), std::move(with),
                                                     std::move(attempt), threads);
        });
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
