#include "pipelines/assemble/assemble.hpp"

#include "pipelines/assemble/check_columns.hpp"
#include "pipelines/assemble/check_failures.hpp"
#include "pipelines/assemble/check_files.hpp"
#include "pipelines/assemble/check_flow.hpp"
#include "pipelines/assemble/check_tests.hpp"
#include "pipelines/assemble/check_timeouts.hpp"
#include "pipelines/assemble/check_workers.hpp"
#include "pipelines/assemble/configure.hpp"
#include "pipelines/assemble/wire.hpp"
#include "runtime/graph/plan.hpp"

namespace weir {
namespace {

// Of a source `auto` is what the plan finds useful, as without `workers`.
std::optional<unsigned> planned_workers(const draft_stage& of) {
  if (of.type->kind == stage_kind::source && of.spec->workers == workers_by_threads)
    return std::nullopt;
  return of.spec->workers;
}

graph finished(const draft& from) {
  graph made;
  made.name = from.spec->name;
  made.memory = from.spec->memory;
  made.drain_budget = from.spec->drain;
  for (const auto& stage : from.stages) {
    graph_stage& added = made.stages.emplace_back();
    added.name = stage.spec->name;
    added.type = stage.type;
    added.configured = stage.configured;
    added.credit = stage.spec->credit;
    added.full = stage.spec->full;
    added.workers = planned_workers(stage);
    added.ordered = stage.spec->ordered;
    const auto at = static_cast<std::uint32_t>(made.stages.size() - 1);
    const failure_policy& policy = stage.spec->on_failure.policy;
    if (!why_not_held(from, at)) added.on_failure = policy;
    if (restarts_run(from, at)) added.on_failure.action = failure_action::restart_run;
    added.follows_restarts = leader_of(from, at).has_value();
    added.on_failure.retry = why_not_retried(*stage.type) ? retry_limits{} : policy.retry;
    added.max_duration = stage.spec->max_duration;
    added.timeout = stage.spec->timeout;
    added.place = stage.spec->place;
  }
  made.edges = from.edges;
  return made;
}

}  // namespace

std::optional<graph> assemble(const pipeline_spec& spec, const registry& known, problems& found) {
  draft stages = configure_stages(spec, known, found);
  wire_stages(stages, found);
  std::vector<std::vector<known_columns>> outputs(stages.stages.size());
  if (const auto order = order_stages(stages, found))
    outputs = check_columns(stages, *order, found);
  check_files(stages, found);
  check_workers(stages, found);
  check_failures(stages, found);
  check_timeouts(stages, found);
  check_tests(stages, outputs, found);
  check_outputs(stages, found);
  if (found.any_errors() || spec.stages.empty()) return std::nullopt;
  graph made = finished(stages);
  for (const auto& warning : make_plan(made).warnings) {
    const auto subject = found.enter(stages.subject(warning.stage));
    found.warn("may-stall", made.stages[warning.stage].place, warning.text);
  }
  return made;
}

std::optional<graph> load_pipeline(std::string_view text, std::string_view file_name,
                                   const registry& known, const pipeline_inputs& inputs,
                                   problems& found) {
  const auto spec = read_pipeline(text, file_name, inputs, found);
  auto made = spec ? assemble(*spec, known, found) : std::nullopt;
  found.sort();
  return made;
}

}  // namespace weir
