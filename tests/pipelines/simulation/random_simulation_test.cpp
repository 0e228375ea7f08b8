// Random pipelines of the stages that users have, with random policies: nothing is found in them.
// A seed that fails is told; run it alone with WEIR_TEST_SEED=<seed>.

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>

#include "pipelines/cli/report_surroundings.hpp"
#include "pipelines/inspect/explanation.hpp"
#include "runtime/base/random.hpp"
#include "tests/actors/support/temporary_folder.hpp"
#include "tests/pipelines/simulation/simulations.hpp"
#include "tests/support/load_graph.hpp"
#include "tests/support/random_files.hpp"
#include "tests/support/test_seeds.hpp"

namespace weir::testing {
namespace {

std::string replaced(std::string text, std::string_view what, const std::string& with) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
    text.replace(at, what.size(), with);
  return text;
}

// As 'strategy: rest_for_one' does, where nothing below keeps what can't be lost.
void have_all_below_follow(graph& of) {
  for (std::uint32_t at = 0; at < of.stages.size(); ++at) {
    const auto& leader = of.stages[at];
    if (!begins_anew(leader.on_failure) || leader.type->failed == after_failure::rolls_back)
      continue;
    const auto below = stages_below(of.edges, of.stages.size(), at);
    bool may_lose = true;
    for (std::uint32_t other = 0; other < of.stages.size(); ++other) {
      const auto& stage = of.stages[other];
      const bool is_lossy = stage.type->kind == stage_kind::transform &&
                            stage.configured->inputs().size() == 1 &&
                            stage.workers.value_or(1) == 1;
      if (below[other] && stage.type->failed == after_failure::loses_state && !is_lossy)
        may_lose = false;
    }
    for (std::uint32_t other = 0; may_lose && other < of.stages.size(); ++other)
      if (below[other] && of.stages[other].type->failed != after_failure::rolls_back)
        of.stages[other].follows_restarts = true;
  }
}

// Of each stage one that it can hold; in a few pipelines the whole run begins again.
void choose_policies(graph& of, std::uint64_t seed) {
  random_source random(~seed);
  if (random.below(5) == 0) {
    for (auto& stage : of.stages)
      if (random.below(2) == 0) stage.on_failure.action = failure_action::restart_run;
    return;
  }
  std::size_t sinks = 0;
  for (const auto& stage : of.stages) sinks += stage.type->kind == stage_kind::sink ? 1 : 0;
  for (auto& stage : of.stages) {
    const auto choice = random.below(6);
    if (choice == 0) continue;
    const bool is_source = stage.type->kind == stage_kind::source;
    const bool keeps = stage.type->failed == after_failure::loses_state;
    const bool has_one_worker = stage.workers.value_or(1) == 1;
    if (!is_source && !keeps)
      stage.on_failure.action = choice < 4   ? failure_action::restart
                                : choice < 5 ? failure_action::skip
                                             : failure_action::isolate;
    else if (sinks > 1)
      stage.on_failure.action = failure_action::isolate;
    if (stage.on_failure.action == failure_action::isolate && !has_one_worker)
      stage.on_failure.action = failure_action::fail;
    if (!is_source && !keeps && random.below(2) == 0)
      stage.on_failure.retry.deadline = std::chrono::seconds(10);
  }
  if (random.below(2) == 0) have_all_below_follow(of);
}

// The fault of a run, the policy that it met and what came out, as a row of a table.
std::string sort_of(const graph& of, const simulated_result& run) {
  std::string fault = name_of(run.fault);
  std::string policy;
  if (run.fault == simulated_fault::fail) {
    constexpr const char* calls[] = {"on records", "on a mark", "in resume"};
    fault += fmt::format(" {}{}", calls[static_cast<std::size_t>(run.call)],
                         run.temporary ? ", for a while" : "");
    const auto stage = std::find_if(of.stages.begin(), of.stages.end(),
                                    [&](const graph_stage& s) { return s.name == run.stage; });
    if (stage != of.stages.end()) {
      const auto at = static_cast<std::uint32_t>(stage - of.stages.begin());
      const auto below = stages_below(of.edges, of.stages.size(), at);
      bool is_followed = false;
      for (std::size_t other = 0; other < below.size(); ++other)
        is_followed = is_followed || (below[other] && of.stages[other].follows_restarts);
      policy = name_of(stage->on_failure.action);
      if (begins_anew(stage->on_failure) && is_followed) policy += " and all below";
      if (retries(stage->on_failure)) policy = "retry, " + policy;
    }
  }
  if (!run.happened && run.fault != simulated_fault::none) fault += ", too late";
  return fmt::format("{:<30}; {:<27}: {}{}", fault, policy, name_of(run.outcome),
                     run.cut_off ? ", a stage cut off" : "");
}

TEST_CASE("nothing is found in random pipelines, whatever the schedule and the fault") {
  constexpr std::uint64_t runs_each = 24;
  std::size_t records = 0;
  std::uint64_t runs = 0;
  std::uint64_t steps = 0;
  std::map<std::string, std::uint64_t> table;
  for (const auto seed : test_seeds(25)) {
    CAPTURE(seed);
    const auto made = make_file_pipeline(seed);
    CAPTURE(made.stages);
    const temporary_folder folder;
    for (const auto& [name, text] : made.inputs) folder.write("in/" + name, text);
    auto stages = replaced(made.stages, "@in", folder.path("in"));
    stages = replaced(replaced(stages, "@out", folder.path("out")), "@n", "5");
    auto what = load_graph(stages);
    choose_policies(what, seed);
    const auto simulated = simulation_of(std::move(what));
    for (const auto& [stage, count] : simulated.expected()) records += count;
    const auto count = [&](const simulated_result& run) {
      steps += run.steps;
      ++runs;
      ++table[sort_of(simulated.pipeline(), run)];
    };
    CHECK(findings_in(simulated, runs_each, all_faults(), count) == "");
    CHECK_FALSE(folder.has("out"));
  }
  CHECK(records > 0);
  for (const auto& [sort, times] : table)
    tell_soaked(fmt::format("{:<86} {:>7} runs", sort, times));
  tell_soaked(fmt::format("{} runs of random pipelines, {} steps", runs, steps));
}

}  // namespace
}  // namespace weir::testing
