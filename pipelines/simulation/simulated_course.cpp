#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "pipelines/simulation/pipeline_simulation.hpp"
#include "pipelines/simulation/simulation_plot.hpp"
#include "pipelines/trial/same_day_clock.hpp"
#include "runtime/executor/simulated_executor.hpp"

// How a simulated run goes.

namespace weir {
namespace {

// A run that takes more steps than this for each record, and some for itself, does not end.
constexpr std::uint64_t steps_a_record = 2'000;
constexpr std::uint64_t steps_at_least = 200'000;

// Timers come early now and then, while there is work: virtual time says nothing of how long a
// drain or a call takes.
constexpr nanoseconds no_bound = std::chrono::hours(1'000'000);

}  // namespace

// One run, from what a seed has chosen to its report.
class pipeline_simulation::course {
 public:
  course(const pipeline_simulation& of, plot& chosen, simulated_result& into)
      : of_(of), chosen_(chosen), into_(into), staged_(of.stage_all()) {
    for (std::size_t i = 0; i < of.samples_.size(); ++i) {
      given_sample& source = *staged_.sources[i];
      source.chunk_records = chosen.chunk_records;
      source.tell = telling(of.samples_[i]->stage);
      steps_most_ += of.samples_[i]->size() * steps_a_record;
    }
    for (auto& stage : staged_.what.stages)
      if (stage.credit == credit_limits()) stage.credit = chosen.credit;
    staged_.what.drain_budget = no_bound;
    if (chosen.stage) put_fault_in_place();
  }

  run_report run() {
    simulation_options how{.seed = chosen_.seed, .time_of_day = trial_time_of_day};
    how.on_step = [this](std::uint64_t step, weir::run& running) { look(step, running); };
    how.threads = chosen_.threads;
    how.moment = moment_;
    if (chosen_.what == simulated_fault::slow) how.slow = into_.stage;
    run_options options;
    options.grace = no_bound;
    options.on_event = [this](const run_event& event) { hear(event); };
    const auto by = make_simulated_executor(std::move(how));
    auto report = by->start(staged_.what, std::move(options))->wait().value();
    into_.steps = moment_->step;
    into_.time = report.wall;
    return report;
  }

  const staged& stages() const { return staged_; }

 private:
  void put_fault_in_place() {
    const auto stage = *chosen_.stage;
    const auto sample = std::find_if(of_.samples_.begin(), of_.samples_.end(),
                                     [&](const auto& one) { return one->stage == stage; });
    const auto source =
        sample == of_.samples_.end()
            ? nullptr
            : staged_.sources[static_cast<std::size_t>(sample - of_.samples_.begin())];
    if (chosen_.what == simulated_fault::end) source->until = chosen_.until;
    if (chosen_.what != simulated_fault::fail) return;
    chosen_.fault = std::make_shared<stage_fault>(chosen_.fails, of_.traffic_[stage].texts.size(),
                                                  telling(stage));
    if (source)
      source->fails = chosen_.fault;
    else
      put_fault(staged_.what.stages[stage], chosen_.fault);
  }

  std::function<void(std::string)> telling(std::uint32_t stage) {
    return [this, name = of_.graph_.stages[stage].name](std::string text) {
      note(name, std::move(text));
    };
  }

  void hear(const run_event& event) {
    note(event.stage, event.text);
    const bool is_by_fault = chosen_.fault && event.what == run_event::kind::restarting &&
                             event.stage == of_.graph_.stages[*chosen_.stage].name;
    if (is_by_fault && restarts_run(of_.graph_.stages[*chosen_.stage].on_failure))
      chosen_.fault->begin_again();
  }

  void note(std::string stage, std::string text) {
    into_.history.push_back({moment_->step, moment_->time, std::move(stage), std::move(text)});
  }

  // Behind each step.
  void look(std::uint64_t step, weir::run& running) {
    if (step == steps_most_) {
      into_.findings.push_back(
          fmt::format("the run is stuck: it has not ended after {} steps", step));
      running.abort();
    }
    const bool is_for_it =
        chosen_.what == simulated_fault::drain || chosen_.what == simulated_fault::abort;
    if (!is_for_it || into_.happened || given() < chosen_.given) return;
    if (waited_++ < chosen_.steps_more) return;
    into_.happened = true;
    if (chosen_.what == simulated_fault::drain)
      running.drain();
    else
      running.abort();
  }

  std::uint64_t given() const {
    std::uint64_t sum = 0;
    for (const auto& source : staged_.sources) sum += source->given;
    return sum;
  }

  const pipeline_simulation& of_;
  plot& chosen_;
  simulated_result& into_;
  staged staged_;
  std::shared_ptr<simulated_moment> moment_ = std::make_shared<simulated_moment>();
  std::uint64_t steps_most_ = steps_at_least;
  std::uint64_t waited_ = 0;
};

simulated_result pipeline_simulation::run(std::uint64_t seed,
                                          const std::vector<simulated_fault>& faults) const {
  plot chosen = choose(seed, faults);
  simulated_result made{.seed = seed, .fault = chosen.what};
  if (chosen.stage) made.stage = graph_.stages[*chosen.stage].name;
  made.call = chosen.fails.in;
  made.temporary = chosen.fails.temporary;
  course its(*this, chosen, made);
  const auto report = its.run();
  judge(chosen, its.stages(), report, made);
  return made;
}

}  // namespace weir
