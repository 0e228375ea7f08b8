#include "runtime/executor/simulated_executor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <caf/actor_system_config.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/send.hpp>
#include <utility>

#include "runtime/base/random.hpp"
#include "runtime/executor/caf/free_system.hpp"
#include "runtime/executor/caf/messages.hpp"
#include "runtime/executor/caf/stage_actor.hpp"
#include "runtime/executor/caf/supervisor_actor.hpp"
#include "runtime/executor/invariants.hpp"
#include "runtime/executor/restarting_run.hpp"

namespace weir {
namespace {

using caf::scheduler::test_coordinator;

struct simulated_config : caf::actor_system_config {
  simulated_config() { set("scheduler.policy", caf::atom("testing")); }
};

// The time of the coordinator, which moves it from timer to timer.
class virtual_clock final : public clock {
 public:
  virtual_clock(test_coordinator& of, std::optional<wall_time> day) : of_(of), day_(day) {}
  time_point now() const override { return of_.clock().now(); }
  wall_time wall() const override { return day_.value_or(wall_time(now().time_since_epoch())); }

 private:
  test_coordinator& of_;
  std::optional<wall_time> day_;
};

class simulated_run final : public run {
 public:
  simulated_run(graph what, run_options options, run_attempt attempt, const simulation_options& how)
      : how_(how),
        random_(how.seed),
        jobs_(dynamic_cast<test_coordinator&>(system_.scheduler())),
        time_(jobs_, how.time_of_day) {
    options.time = &time_;
    run_ = std::make_shared<actors_run>(std::move(what), std::move(options), std::move(attempt),
                                        how.threads);
    run_->one_thread = true;
    run_->arriving = [this](std::size_t sent) { return arriving(sent); };
    // From one call a turn to some dozens: the clock stands still, and a call counts as 1 us.
    run_->turn = std::chrono::microseconds(1 << random_.below(6));
    const auto count = static_cast<std::uint32_t>(run_->state->planned.nodes.size());
    run_->actors_alive = count + 1;
    for (std::uint32_t node = 0; node < count; ++node) {
      auto inbox = std::make_shared<stage_inbox>();
      auto actor = system_.spawn<stage_actor>(run_, node, inbox);
      auto* const stage = static_cast<stage_actor*>(caf::actor_cast<caf::abstract_actor*>(actor));
      shells_.push_back(&stage->shell());
      if (is_slow(run_->state->planned.nodes[node])) slow_.push_back({stage, &stage->shell()});
      run_->stages.push_back({std::move(actor), std::move(inbox)});
    }
    run_->supervisor = system_.spawn<supervisor_actor>(run_);
    began_ = time_.now();
    caf::anon_send(run_->supervisor, run_begins{});
  }
  ~simulated_run() override {
    abort();
    how_.is_dead = nullptr;
    while (run_->actors_alive > 0) go_on();
    run_.reset();
    while (jobs_.try_run_once()) continue;
  }

  void drain() override { caf::anon_send(run_->supervisor, run_drains{}); }
  void abort() override {
    caf::anon_send(run_->supervisor, run_aborts{});
    run_->state->environment.aborting.request_stop();
  }

  std::optional<run_report> wait(std::optional<time_point> deadline) override {
    while (!run_->ended) {
      if (deadline && machine_clock().now() >= *deadline) return std::nullopt;
      ++step_;
      if (how_.moment) *how_.moment = {step_, time_.now() - began_};
      go_on();
      if (run_->ended) break;
      check();
      if (how_.on_step) how_.on_step(step_, *this);
    }
    return report();
  }
  run_report snapshot() override { return report(); }

 private:
  // Lets one actor handle one message, or the next timer come.
  void go_on() {
    constexpr std::uint32_t calls_a_timer = 256;
    constexpr std::uint32_t calls_a_stray = 64;
    if (random_.below(calls_a_stray) == 0) send_stray();
    auto& jobs = jobs_.jobs;
    if (jobs.empty() || random_.below(calls_a_timer) == 0) {
      jobs_.trigger_timeout();
      return;
    }
    auto next = random_.below(static_cast<std::uint32_t>(jobs.size()));
    if (!slow_.empty() && is_put_off(*jobs[next])) {
      const auto other = std::find_if(jobs.begin(), jobs.end(), [this](const auto* job) {
        return slow_shell(*job) == nullptr;
      });
      if (other == jobs.end()) {
        jobs_.trigger_timeout();
        return;
      }
      next = static_cast<std::uint32_t>(other - jobs.begin());
    }
    std::swap(jobs.front(), jobs[next]);
    jobs_.run_once();
  }

  // Threads work side by side: while a stage is in a call, others have heard and answered what it
  // sent before. So now and then some of what was sent to it comes later than its next call.
  std::size_t arriving(std::size_t sent) {
    constexpr std::uint32_t chances = 4;
    if (random_.below(chances) > 0) return sent;
    return random_.below(static_cast<std::uint32_t>(sent) + 1);
  }

  bool is_slow(const plan_node& node) const {
    const auto named = [&](const plan_member& of) { return of.name == how_.slow && !of.prepares; };
    return named(node) || std::any_of(node.followers.begin(), node.followers.end(), named);
  }
  // The shell of a slow stage; null: it is none of them.
  const stage_shell* slow_shell(const caf::resumable& job) const {
    const auto found = std::find_if(slow_.begin(), slow_.end(),
                                    [&](const slow_stage& slow) { return slow.job == &job; });
    return found == slow_.end() ? nullptr : found->shell;
  }
  // One turn in so many is given to a slow stage, and none to a dead one that still had to work.
  bool is_put_off(const caf::resumable& job) {
    constexpr std::uint32_t chances = 16;
    const stage_shell* const slow = slow_shell(job);
    if (slow == nullptr) return false;
    if (how_.is_dead && how_.is_dead()) return slow->status().wait.what != stage_wait::kind::done;
    return random_.below(chances) > 0;
  }

  // A message of an opening of an edge that there is not: it changes nothing.
  void send_stray() {
    const auto& edges = run_->state->planned.edges;
    if (edges.empty() || run_->ended) return;
    const auto edge = random_.below(static_cast<std::uint32_t>(edges.size()));
    upstream_message stray = edge_stop{edge, first_epoch + 1};
    if (random_.below(2) == 0)
      stray = edge_grant{edge, first_epoch + 1, {1'000'000, 1'000'000'000}};
    const auto& stage = run_->stages[edges[edge].from.stage];
    if (stage.inbox->put(stray)) caf::anon_send(stage.actor, turn_due{});
  }

  std::optional<std::string> unwoken() const {
    if (!jobs_.jobs.empty()) return std::nullopt;
    for (std::size_t node = 0; node < run_->stages.size(); ++node)
      if (!run_->stages[node].inbox->empty())
        return fmt::format("stage '{}' sleeps, and messages wait for it",
                           run_->state->planned.nodes[node].name);
    return std::nullopt;
  }

  void check() {
    if (violated_) return;
    std::vector<shell_status> now;
    for (const auto* shell : shells_) now.push_back(shell->status());
    violated_ = violated_invariant(run_->state->planned, before_, now);
    if (!violated_) violated_ = unwoken();
    before_ = std::move(now);
    if (!violated_) return;
    violated_ = fmt::format("step {}: {}", step_, *violated_);
    abort();
  }

  run_report report() const {
    run_report figures = run_->figures;
    figures.executor = "simulated";
    if (violated_) figures.imbalances.insert(figures.imbalances.begin(), *violated_);
    return figures;
  }

  simulation_options how_;
  random_source random_;
  simulated_config config_;
  free_system system_{config_};
  test_coordinator& jobs_;
  virtual_clock time_;
  std::shared_ptr<actors_run> run_;
  std::vector<const stage_shell*> shells_;  // by node; valid while all actors live
  struct slow_stage {
    const caf::resumable* job;
    const stage_shell* shell;
  };
  std::vector<slow_stage> slow_;
  time_point began_{};
  std::vector<shell_status> before_;
  std::uint64_t step_ = 0;
  std::optional<std::string> violated_;
};

class simulated_executor final : public executor {
 public:
  explicit simulated_executor(simulation_options how) : how_(std::move(how)) {}

  std::unique_ptr<run> start(graph what, run_options options) override {
    // Of several tries each goes another way.
    return start_restarting(std::move(what), std::move(options), machine_clock(),
                            [how = how_](graph of, run_options with, run_attempt attempt) mutable {
                              auto one = std::make_unique<simulated_run>(
                                  std::move(of), std::move(with), std::move(attempt), how);
                              ++how.seed;
                              return one;
                            });
  }

 private:
  simulation_options how_;
};

}  // namespace

std::unique_ptr<executor> make_simulated_executor(simulation_options options) {
  return std::make_unique<simulated_executor>(std::move(options));
}

}  // namespace weir
