#include "pipelines/cli/bottleneck.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace weir {
namespace {

// From this share of the time on a stage is "busy", and a source "waits"; and nothing is left.
constexpr double most_of_the_time = 0.5;
constexpr double nearly_all = 0.85;

bool has_input(const run_report& run, const stage_report& stage) {
  return std::any_of(run.edges.begin(), run.edges.end(), [&](const edge_report& e) {
    return e.to == stage.name || e.to.starts_with(stage.name + ".");
  });
}

double busy_share(const stage_report& s, const run_report& run) {
  return s.share_of(s.busy, run.wall);
}

bool has_output(const run_report& run, const stage_report& stage) {
  return std::any_of(run.edges.begin(), run.edges.end(),
                     [&](const edge_report& e) { return e.from.starts_with(stage.name + "."); });
}

// A stage that nobody reads can only wait for what it writes to.
const stage_report* most_blocked_sink(const run_report& run) {
  const stage_report* most = nullptr;
  for (const auto& s : run.stages)
    if (has_input(run, s) && !has_output(run, s) && (most == nullptr || s.blocked > most->blocked))
      most = &s;
  return most;
}

const stage_report* most_starved_source(const run_report& run) {
  const stage_report* most = nullptr;
  for (const auto& s : run.stages)
    if (!has_input(run, s) && (most == nullptr || s.starved > most->starved)) most = &s;
  return most;
}

}  // namespace

// With all threads busy more of them would help, unless one instance has nearly all of the work.
bottleneck find_bottleneck(const run_report& run) {
  if (run.stages.empty() || run.wall.count() <= 0) return {};
  const auto& busiest = *std::max_element(
      run.stages.begin(), run.stages.end(),
      [&](const auto& a, const auto& b) { return busy_share(a, run) < busy_share(b, run); });
  const double share = busy_share(busiest, run);
  nanoseconds all{0};
  for (const auto& s : run.stages) all += s.busy;
  const double threads_busy = static_cast<double>(all.count()) /
                              static_cast<double>(run.wall.count()) / std::max(run.threads, 1U);
  const bool alone = busiest.instances <= 1 && share >= nearly_all;
  if (!alone && threads_busy >= nearly_all) return {bottleneck::kind::threads, busiest.name, share};
  if (share >= most_of_the_time) return {bottleneck::kind::stage, busiest.name, share};
  const auto* sink = most_blocked_sink(run);
  const double blocked = sink == nullptr ? 0 : sink->share_of(sink->blocked, run.wall);
  if (blocked >= most_of_the_time) return {bottleneck::kind::output, sink->name, blocked};
  const auto* source = most_starved_source(run);
  const double starved = source == nullptr ? 0 : source->share_of(source->starved, run.wall);
  if (starved >= most_of_the_time) return {bottleneck::kind::input, source->name, starved};
  return {bottleneck::kind::none, busiest.name, share};
}

std::string to_text(const bottleneck& what) {
  const double percent = what.share * 100;
  switch (what.what) {
    case bottleneck::kind::stage:
      return fmt::format("'{}', busy {:.0f} % of the time", what.stage, percent);
    case bottleneck::kind::threads:
      return fmt::format("the threads, all busy; most of all with '{}', {:.0f} % of the time",
                         what.stage, percent);
    case bottleneck::kind::input:
      return fmt::format("the input: '{}' waited for it {:.0f} % of the time", what.stage, percent);
    case bottleneck::kind::output:
      return fmt::format("the output: '{}' waited for it {:.0f} % of the time", what.stage,
                         percent);
    case bottleneck::kind::none:
      return "none, every stage had time to spare";
  }
  return {};
}

}  // namespace weir
