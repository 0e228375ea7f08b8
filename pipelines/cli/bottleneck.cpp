#include "pipelines/cli/bottleneck.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace weir {
namespace {

// From this share of the time on a stage is "busy", and a source "waits".
constexpr double most_of_the_time = 0.5;
constexpr double nearly_all_threads = 0.85;

bool has_input(const run_report& run, const stage_report& stage) {
  return std::any_of(run.edges.begin(), run.edges.end(), [&](const edge_report& e) {
    return e.to == stage.name || e.to.starts_with(stage.name + ".");
  });
}

double share_of(nanoseconds part, const run_report& run) {
  return static_cast<double>(part.count()) / static_cast<double>(run.wall.count());
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

bottleneck find_bottleneck(const run_report& run) {
  if (run.stages.empty() || run.wall.count() <= 0) return {};
  const auto& busiest =
      *std::max_element(run.stages.begin(), run.stages.end(),
                        [](const auto& a, const auto& b) { return a.busy < b.busy; });
  const double share = share_of(busiest.busy, run);
  if (share >= most_of_the_time) return {bottleneck::kind::stage, busiest.name, share};
  nanoseconds all{0};
  for (const auto& s : run.stages) all += s.busy;
  const double threads = std::max(run.threads, 1U);
  if (share_of(all, run) >= nearly_all_threads * threads)
    return {bottleneck::kind::threads, busiest.name, share};
  const auto* sink = most_blocked_sink(run);
  if (sink != nullptr && share_of(sink->blocked, run) >= most_of_the_time)
    return {bottleneck::kind::output, sink->name, share_of(sink->blocked, run)};
  const auto* source = most_starved_source(run);
  if (source != nullptr && share_of(source->starved, run) >= most_of_the_time)
    return {bottleneck::kind::input, source->name, share_of(source->starved, run)};
  return {bottleneck::kind::none, busiest.name, share};
}

std::string to_text(const bottleneck& what) {
  const double percent = std::min(what.share, 1.0) * 100;
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
