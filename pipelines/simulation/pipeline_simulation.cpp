#include "pipelines/simulation/pipeline_simulation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "pipelines/simulation/simulation_plot.hpp"
#include "pipelines/trial/same_day_clock.hpp"
#include "runtime/base/random.hpp"

namespace weir {
namespace {

// By the machine's clock: in virtual time nobody waits.
constexpr std::chrono::seconds inline_time_max{60};

bool is_source(const graph_stage& stage) { return stage.type->kind == stage_kind::source; }
bool is_sink(const graph_stage& stage) { return stage.type->kind == stage_kind::sink; }

std::uint64_t below(random_source& random, std::uint64_t bound) {
  return random.below(static_cast<std::uint32_t>(std::min<std::uint64_t>(bound, UINT32_MAX)));
}

template <class T>
const T& one_of(random_source& random, const std::vector<T>& list) {
  return list[random.below(static_cast<std::uint32_t>(list.size()))];
}

}  // namespace

result<pipeline_simulation> pipeline_simulation::make(graph of, std::uint64_t records_max) {
  pipeline_simulation made(std::move(of));
  auto samples = take_samples(made.graph_, records_max);
  if (!samples) return failure(samples.error());
  for (auto& sample : *samples)
    made.samples_.push_back(std::make_shared<const source_sample>(std::move(sample)));
  made.known_ = foretell(made.graph_);
  if (auto observed = made.observe(); !observed) return failure(observed.error());
  return made;
}

pipeline_simulation::staged pipeline_simulation::stage_all() const {
  staged made{.what = graph_, .sources = {}, .sinks = {}};
  for (const auto& sample : samples_) {
    made.sources.push_back(std::make_shared<given_sample>());
    put_sample(made.what.stages[sample->stage], sample, made.sources.back());
  }
  for (auto& stage : made.what.stages) {
    made.sinks.push_back(is_sink(stage) ? std::make_shared<sink_records>() : nullptr);
    if (made.sinks.back()) put_keeper(stage, made.sinks.back());
  }
  return made;
}

// What comes of the whole sample, and what comes to each stage on the way.
result<void> pipeline_simulation::observe() {
  staged made = stage_all();
  std::vector<std::shared_ptr<stage_traffic>> traffic;
  for (auto& stage : made.what.stages) {
    traffic.push_back(std::make_shared<stage_traffic>());
    if (!is_source(stage)) put_watch(stage, traffic.back());
  }
  const same_day_clock day;
  run_options options;
  options.time = &day;
  const auto running = inline_->start(std::move(made.what), std::move(options));
  const auto report = running->wait().value();
  if (report.failure)
    return failure(report.failure->cause.code,
                   fmt::format("stage '{}': {}", report.failure->stage, report.failure->cause.text),
                   report.failure->cause.detail);
  for (std::uint32_t stage = 0; stage < graph_.stages.size(); ++stage) {
    traffic_.push_back(std::move(*traffic[stage]));
    lines_.push_back(made.sinks[stage] ? std::move(made.sinks[stage]->lines)
                                       : std::vector<std::string>());
    if (made.sinks[stage]) counts_.emplace_back(stage, lines_.back().size());
  }
  return {};
}

std::vector<std::vector<std::string>> pipeline_simulation::reference(
    const std::vector<std::uint64_t>& until, std::uint32_t stage,
    const record_counts& refused) const {
  const auto is_whole = [&](std::size_t i) { return until[i] >= samples_[i]->size(); };
  bool all_whole = refused.empty();
  for (std::size_t i = 0; i < samples_.size(); ++i) all_whole = all_whole && is_whole(i);
  if (all_whole) return lines_;
  staged made = stage_all();
  for (std::size_t i = 0; i < samples_.size(); ++i)
    if (!is_whole(i)) made.sources[i]->until = until[i];
  if (!refused.empty())
    put_refusal(made.what.stages[stage], std::make_shared<record_counts>(refused));
  const same_day_clock day;
  run_options options;
  options.time = &day;
  const auto running = inline_->start(std::move(made.what), std::move(options));
  (void)running->wait();
  std::vector<std::vector<std::string>> lines;
  for (const auto& sink : made.sinks)
    lines.push_back(sink ? std::move(sink->lines) : std::vector<std::string>());
  return lines;
}

pipeline_simulation::plot pipeline_simulation::choose(
    std::uint64_t seed, const std::vector<simulated_fault>& faults) const {
  // Not the numbers that the schedule draws from the same seed.
  random_source random(~seed);
  plot made{.seed = seed, .what = faults[seed % faults.size()]};
  // A source that gives all at once has ended before it can be asked to.
  const bool is_asked_to_end =
      made.what == simulated_fault::drain || made.what == simulated_fault::abort;
  made.chunk_records = is_asked_to_end ? one_of<std::uint32_t>(random, {1, 3, 8, 20})
                                       : one_of<std::uint32_t>(random, {0, 1, 3, 8, 20, 60, 200});
  if (random.below(4) == 0) made.credit = {.chunks = 1, .bytes = 64_KiB};
  made.threads = one_of<unsigned>(random, {1, 1, 2, 4});
  std::uint64_t sizes = 0;
  for (const auto& sample : samples_) sizes += sample->size();
  made.given = below(random, std::max<std::uint64_t>(sizes, 1));
  made.steps_more = random.below(1U << random.below(7));
  std::vector<std::uint32_t> sinks;
  for (const auto& [stage, count] : counts_) sinks.push_back(stage);
  if (made.what == simulated_fault::slow) made.stage = one_of(random, sinks);
  if (made.what == simulated_fault::end) {
    const auto& sample = *one_of(random, samples_);
    made.stage = sample.stage;
    made.until = below(random, std::max<std::uint64_t>(sample.size(), 1));
  }
  if (made.what == simulated_fault::fail) {
    choose_failure(made, random);
    choose_call(made, random);
  }
  return made;
}

void pipeline_simulation::choose_failure(plot& into, random_source& random) const {
  const auto stage = random.below(static_cast<std::uint32_t>(graph_.stages.size()));
  into.stage = stage;
  std::uint64_t records = traffic_[stage].texts.size();
  for (const auto& sample : samples_)
    if (sample->stage == stage) records = sample->size();
  auto& fails = into.fails;
  fails.what = fault_plan::kind::once;
  fails.at = below(random, records + 1);
  fails.after_work = random.below(2) == 0;
  const auto how = random.below(4);
  const auto& texts = traffic_[stage].texts;
  // Records without a column are all the same.
  const bool are_told_apart =
      !texts.empty() && std::none_of(texts.begin(), texts.end(),
                                     [](const auto& text) { return text.ends_with(" {}"); });
  if (!are_told_apart || !begins_anew(graph_.stages[stage].on_failure)) return;
  if (how == 2) fails.what = fault_plan::kind::from_then_on;
  if (how == 3 && fails.at < texts.size()) {
    const auto& text = texts[fails.at];
    if (std::count(texts.begin(), texts.end(), text) > 1) return;
    fails.what = fault_plan::kind::on_record;
    fails.text = text;
  }
}

// Now and then another call than one on records fails, or it fails for a cause that passes.
void pipeline_simulation::choose_call(plot& into, random_source& random) const {
  const graph_stage& stage = graph_.stages[*into.stage];
  const stage_traffic& traffic = traffic_[*into.stage];
  auto& fails = into.fails;
  const auto choose = [&](fault_plan::call which, std::uint64_t calls) {
    fails.what = fault_plan::kind::once;
    fails.in = which;
    fails.at = below(random, calls);
  };
  if (traffic.resumes > 0 && random.below(4) == 0)
    return choose(fault_plan::call::resume, traffic.resumes);
  if (traffic.marks > 0 && random.below(4) == 0) choose(fault_plan::call::mark, traffic.marks);
  if (!retries(stage.on_failure) || random.below(2) == 0) return;
  fails.what = fault_plan::kind::once;
  fails.temporary = true;
  fails.times = one_of<std::uint64_t>(random, {1, 2, 5, UINT64_MAX});
}

}  // namespace weir
