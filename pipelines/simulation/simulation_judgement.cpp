#include <fmt/format.h>

#include <algorithm>

#include "pipelines/simulation/pipeline_simulation.hpp"
#include "pipelines/simulation/record_comparison.hpp"
#include "pipelines/simulation/simulation_plot.hpp"
#include "pipelines/trial/trial_order.hpp"
#include "runtime/base/text.hpp"

// What has to come of a simulated run, and whether it did.

namespace weir {
namespace {

bool is_sink(const graph_stage& stage) { return stage.type->kind == stage_kind::sink; }

std::uint64_t count(const record_counts& all) {
  std::uint64_t sum = 0;
  for (const auto& [text, times] : all) sum += times;
  return sum;
}

// As they come to a stage with one input.
record_counts without_ports(const record_counts& all) {
  record_counts made;
  for (const auto& [text, times] : all) made[text.substr(text.find(' ') + 1)] += times;
  return made;
}

const char* name_of_outcome(outcome how) {
  return how == outcome::complete ? "complete" : how == outcome::partial ? "partial" : "failed";
}

// Whether a sink may be told so of the end of such a run.
bool fits(outcome told, run_outcome ended, bool cut_off) {
  switch (ended) {
    case run_outcome::complete:
      return told == outcome::complete || cut_off;
    case run_outcome::drained:
      return told != outcome::failed || cut_off;
    case run_outcome::aborted:
    case run_outcome::failed:
      return told == outcome::failed;
    case run_outcome::running:
      break;
  }
  return false;
}

}  // namespace

// What is known of the records that come to each stage where one of them failed.
std::vector<foretold> pipeline_simulation::known_after(const plot& of,
                                                       const run_report& report) const {
  if (!of.fault || of.fault->failed() == 0) return known_;
  const auto at = *of.stage;
  const graph_stage& stage = graph_.stages[at];
  // A call that was made again until it went well leaves nothing behind.
  const bool was_asked =
      report.failure || !report.isolated.empty() || report.stages[at].restarts > 0;
  if (of.fails.temporary && !was_asked) return known_;
  const bool goes_on = begins_anew(stage.on_failure);
  const bool is_isolated = stage.on_failure.action == failure_action::isolate;
  const bool loses = goes_on && stage.type->failed == after_failure::loses_state;
  // Which of the same records was refused can't be told.
  const bool is_unsure = is_isolated || (goes_on && has_many_ways(graph_, at));
  const auto below = stages_below(graph_.edges, graph_.stages.size(), at);
  const auto loses_with_it = [&](std::uint32_t other) {
    const graph_stage& follower = graph_.stages[other];
    return goes_on && below[other] && follower.follows_restarts &&
           follower.type->failed == after_failure::loses_state;
  };
  auto known = foretell(graph_, [&](graph_port output) {
    if (loses_with_it(output.stage)) return foretold::none;
    const bool is_rejected = output.port == rejected_port(graph_.stages[output.stage]);
    if (output.stage == at && loses) return foretold::none;
    if (output.stage == at && is_rejected && goes_on) return foretold::none;
    if (output.stage == at && is_unsure) return foretold::part;
    // What is above a stage that is cut off may end early.
    if (is_isolated && is_rejected && leads_to(graph_, output.stage, at)) return foretold::part;
    return foretold::all;
  });
  if (is_sink(stage) && is_unsure) known[at] = std::max(known[at], foretold::part);
  return known;
}

void pipeline_simulation::judge_outcome(const plot& of, const run_report& report,
                                        simulated_result& into) const {
  const auto find = [&](std::string text) { into.findings.push_back(std::move(text)); };
  for (const auto& text : report.imbalances) find("a bug in weir: " + text);
  for (const auto& left : report.unfinished)
    find(fmt::format("stage {} did not come back from a call", quoted(left.stage)));
  if (report.failure) {
    const auto& failed = *report.failure;
    into.cause = failed.cause.text;
    const bool was_made = of.fault && of.fault->failed() > 0 && failed.cause.code == "simulated" &&
                          failed.stage == into.stage;
    if (failed.cause.code == "stalled")
      find("the run is stuck: " + failed.cause.text);
    else if (!was_made)
      find(fmt::format("the run fails{}: {}",
                       failed.stage.empty() ? "" : " at " + quoted(failed.stage),
                       failed.cause.text));
    return;
  }
  // Of a cause that passed nobody has to hear.
  const bool has_passed = of.fails.temporary && of.fault && of.fault->is_over();
  const bool is_made_to_fail = of.fault && of.fault->failed() > 0 && !has_passed &&
                               graph_.stages[*of.stage].on_failure.action == failure_action::fail;
  if (is_made_to_fail)
    find(fmt::format("{} fails, and the run goes on as if it had not", quoted(into.stage)));
  const auto asked = of.what == simulated_fault::drain   ? run_outcome::drained
                     : of.what == simulated_fault::abort ? run_outcome::aborted
                                                         : run_outcome::complete;
  const bool is_as_asked = report.outcome == asked || report.outcome == run_outcome::complete;
  if (!is_as_asked && into.findings.empty()) find("the run ends as nobody asked it to");
}

void pipeline_simulation::judge_sinks(const plot& of, const staged& ran, const run_report& report,
                                      simulated_result& into) const {
  const bool ended_itself =
      report.outcome == run_outcome::complete || report.outcome == run_outcome::drained;
  // Where what a stage gives follows from each record alone, nothing comes of those it refused.
  const bool is_led_back = of.stage && begins_anew(graph_.stages[*of.stage].on_failure) &&
                           graph_.stages[*of.stage].type->failed != after_failure::loses_state;
  const auto refused = of.fault && is_led_back ? of.fault->unhandled() : record_counts();
  std::vector<std::uint64_t> until;
  for (std::size_t i = 0; i < samples_.size(); ++i)
    until.push_back(ended_itself ? ran.sources[i]->given : samples_[i]->size());
  const auto known = known_after(of, report);
  const auto lines = reference(until, of.stage.value_or(0), refused);
  for (const auto& [stage, all] : counts_) {
    expected_records expected{.lines = lines[stage], .known = known[stage]};
    // Of two that are the same another one may have been refused.
    expected.in_order = input_has_order(graph_, {stage, 0}) && refused.empty();
    expected.whole = ended_itself;
    const bool keeps_what_failed =
        of.fault && *of.stage == stage && of.fault->fails_after_work() &&
        (graph_.stages[stage].type->failed != after_failure::rolls_back || !ended_itself);
    if (keeps_what_failed) expected.may_come_too = without_ports(of.fault->touched());
    const auto& got = *ran.sinks[stage];
    const auto found = compare(expected, got.lines);
    const auto& name = graph_.stages[stage].name;
    const bool goes_on = ended_itself && !into.cut_off;
    into.sinks.push_back({name, got.lines.size(), all, goes_on ? found.excused : 0,
                          expected.known != foretold::none});
    if (!found.agrees()) into.findings.push_back(quoted(name) + ": " + found.text(expected));
    if (got.settled && !fits(*got.settled, report.outcome, into.cut_off))
      into.findings.push_back(fmt::format("{} was told that its records are {}", quoted(name),
                                          name_of_outcome(*got.settled)));
  }
}

void pipeline_simulation::judge(const plot& of, const staged& ran, const run_report& report,
                                simulated_result& into) const {
  into.outcome = report.outcome;
  into.cut_off = !report.isolated.empty();
  if (of.fault) {
    into.happened = of.fault->failed() > 0;
    into.refused = count(of.fault->unhandled());
  } else if (of.what == simulated_fault::slow || of.what == simulated_fault::end) {
    into.happened = true;
  }
  for (std::size_t i = 0; i < samples_.size(); ++i)
    into.sources.push_back(
        {graph_.stages[samples_[i]->stage].name, ran.sources[i]->records, samples_[i]->records});
  for (const auto& stage : report.stages) {
    into.restarts += stage.restarts;
    into.retries += stage.retries;
    const bool ended_well = report.outcome == run_outcome::complete;
    if (of.fault && ended_well && !into.cut_off && stage.name == into.stage &&
        into.refused > stage.rejected)
      into.findings.push_back(
          fmt::format("{} failed on {} records that no later call handled, and {} were rejected",
                      quoted(stage.name), into.refused, stage.rejected));
  }
  for (const auto& edge : report.edges) into.dropped += edge.dropped;
  judge_outcome(of, report, into);
  judge_sinks(of, ran, report, into);
}

}  // namespace weir
