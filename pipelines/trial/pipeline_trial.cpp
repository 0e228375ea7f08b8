#include "pipelines/trial/pipeline_trial.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "pipelines/trial/json_line.hpp"
#include "pipelines/trial/same_day_clock.hpp"
#include "pipelines/trial/trial_conditions.hpp"
#include "pipelines/trial/trial_differences.hpp"
#include "pipelines/trial/trial_order.hpp"
#include "runtime/base/check.hpp"
#include "runtime/base/text.hpp"

namespace weir {
namespace {

const same_day_clock same_day;

column_demand whole_record() { return {.all = false, .columns = {}, .raw_formats = {"ndjson"}}; }

std::set<std::string> keys_of_all(const std::vector<std::string>& lines) {
  std::set<std::string> keys;
  for (const auto& line : lines) keys.merge(keys_of(line));
  return keys;
}

// What has to be read of records to compare them with `expected`.
column_demand demand_for(const test_records& expected, bool narrow) {
  column_demand wanted;
  if (expected.has_conditions) {
    for (const auto& condition : expected.conditions)
      for (const auto& use : condition.value.columns()) wanted.columns.insert(use.path.column());
    wanted.where_present = wanted.columns;
  } else if (narrow) {
    wanted.columns = keys_of_all(expected.lines);
  }
  if (!narrow) wanted.add(whole_record());
  return wanted;
}

std::string port_name(const test_records& what) {
  return what.port.empty() ? what.stage : what.stage + "." + what.port;
}

bool is_rejected_port(const test_records& what) { return what.port == "rejected"; }

}  // namespace

pipeline_trial::pipeline_trial(graph pipeline, pipeline_test test)
    : pipeline_(std::move(pipeline)), test_(std::move(test)) {}

std::uint32_t pipeline_trial::stage_named(const std::string& name) const {
  const auto& all = pipeline_.stages;
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const auto& s) { return s.name == name; });
  WEIR_CHECK(found != all.end(), "a test names a stage that is not in its pipeline");
  return static_cast<std::uint32_t>(found - all.begin());
}

bool pipeline_trial::is_of_sink(const test_records& what) const {
  return pipeline_.stages[stage_named(what.stage)].type->kind == stage_kind::sink;
}

graph_port pipeline_trial::port_of(const test_records& what) const {
  const auto number = stage_named(what.stage);
  const graph_stage& stage = pipeline_.stages[number];
  if (is_rejected_port(what)) return {number, rejected_port(stage)};
  const auto outputs = stage.configured->outputs();
  const std::string name = what.port.empty() && outputs.size() > 1 ? "out" : what.port;
  if (name.empty()) return {number, 0};
  const auto found = std::find(outputs.begin(), outputs.end(), name);
  WEIR_CHECK(found != outputs.end(), "a test names a port that its stage does not have");
  return {number, static_cast<port_number>(found - outputs.begin())};
}

bool pipeline_trial::comes_in_order(const test_records& what) const {
  return is_of_sink(what) ? input_has_order(pipeline_, {stage_named(what.stage), 0})
                          : has_order(pipeline_, port_of(what));
}

void pipeline_trial::give_inputs(graph& to, const trial_setup& how) const {
  for (const auto& input : test_.inputs) {
    graph_stage& stage = to.stages[stage_named(input.stage)];
    given_records given{.name = input.stage, .lines = input.lines};
    given.chunk_records = how.chunk_records;
    for (const auto& f : stage.configured->known(0, {}).fields)
      if (f.type != column_type::dynamic) given.declared.push_back(f);
    put_given_records(stage, std::move(given));
  }
}

// A sink that nobody asks about wants what it would want in a run, so that no more is read above
// it.
void pipeline_trial::replace_sinks(graph& in, const trial_setup& how, captures& into) const {
  for (auto& stage : in.stages) {
    if (stage.type->kind != stage_kind::sink) continue;
    column_demand wanted;
    if (!how.narrow) wanted = stage.configured->demand(0, {});
    auto to = std::make_shared<captured_records>();
    std::vector<test_condition> conditions;
    for (std::size_t i = 0; i < test_.expected.size(); ++i) {
      if (test_.expected[i].stage != stage.name) continue;
      wanted = demand_for(test_.expected[i], how.narrow);
      conditions = test_.expected[i].conditions;
      into.expected[i] = to;
    }
    put_capture(stage, std::move(wanted), std::move(conditions), std::move(to));
  }
}

void pipeline_trial::capture_outputs(graph& in, const trial_setup& how, captures& into) const {
  for (std::size_t i = 0; i < test_.expected.size(); ++i) {
    const auto& expected = test_.expected[i];
    if (into.expected[i]) continue;
    into.expected[i] = std::make_shared<captured_records>();
    graph_stage added;
    added.name = "records of " + port_name(expected);
    put_capture(added, demand_for(expected, how.narrow), expected.conditions, into.expected[i]);
    in.edges.push_back({port_of(expected), {static_cast<std::uint32_t>(in.stages.size()), 0}});
    in.stages.push_back(std::move(added));
  }
}

void pipeline_trial::capture_rejected(graph& in, captures& into) const {
  if (!test_.checks_rejected) return;
  for (std::uint32_t i = 0; i < pipeline_.stages.size(); ++i) {
    into.rejected.push_back(std::make_shared<captured_records>());
    if (pipeline_.stages[i].type->kind == stage_kind::sink) continue;
    graph_stage added;
    added.name = "rejected by " + pipeline_.stages[i].name;
    put_capture(added, {.columns = {"reason"}}, {}, into.rejected.back());
    in.edges.push_back({{i, rejected_port(pipeline_.stages[i])},
                        {static_cast<std::uint32_t>(in.stages.size()), 0}});
    in.stages.push_back(std::move(added));
  }
}

graph pipeline_trial::graph_of(const trial_setup& how, captures& into) const {
  graph made = pipeline_;
  into.expected.resize(test_.expected.size());
  give_inputs(made, how);
  replace_sinks(made, how, into);
  capture_outputs(made, how, into);
  capture_rejected(made, into);
  for (auto& stage : made.stages)
    if (stage.credit == credit_limits()) stage.credit = how.credit;
  return made;
}

trial_findings pipeline_trial::run(executor& by, const trial_setup& how) const {
  captures got;
  run_options options;
  options.time = &same_day;
  options.seed = how.seed;
  const auto running = by.start(graph_of(how, got), std::move(options));
  const auto report = running->wait(machine_clock().now() + trial_time_max);
  if (!report)
    return {.wrong = {fmt::format("the pipeline did not come to its end within {} s",
                                  trial_time_max.count())},
            .has_ended = false};
  trial_findings found{.wall = report->wall};
  if (report->failure) {
    found.has_ended = report->failure->cause.code != too_many_records;
    found.wrong.push_back(
        fmt::format("'{}' failed: {}", report->failure->stage, report->failure->cause.text));
  } else if (report->outcome != run_outcome::complete) {
    found.wrong.emplace_back("the pipeline ended before all of its input was handled");
  }
  found.wrong.insert(found.wrong.end(), report->imbalances.begin(), report->imbalances.end());
  add_differences(got, how, found.wrong);
  return found;
}

std::string pipeline_trial::output_difference(const test_records& expected,
                                              const captured_records& got,
                                              const trial_setup& how) const {
  trial_comparison both{.what = quoted(port_name(expected))};
  const auto keys = keys_of_all(expected.lines);
  const bool in_part = is_rejected_port(expected);
  for (const auto& line : expected.lines)
    both.expected.push_back(how.narrow || in_part ? sorted_by_key(respelled(line))
                                                  : respelled(line));
  for (const auto& line : got.lines)
    both.found.push_back(how.narrow ? sorted_by_key(respelled(with_keys(line, keys)))
                                    : respelled(line));
  if (in_part) {
    both.shown = [](const std::string& part, const std::string& whole) {
      return sorted_by_key(with_keys(whole, keys_of(part)));
    };
    both.agree = [shown = both.shown](const std::string& part, const std::string& whole) {
      return shown(part, whole) == part;
    };
  }
  both.in_order = comes_in_order(expected);
  return difference(std::move(both));
}

std::string pipeline_trial::rejected_difference(std::uint32_t stage,
                                                const captured_records& got) const {
  const std::string& name = pipeline_.stages[stage].name;
  trial_comparison both{.what = fmt::format("rejected by '{}'", name), .marks = false};
  for (const auto& rejection : test_.rejected)
    if (rejection.stage == name) both.expected.push_back(rejection.reason);
  for (const auto& line : got.lines) both.found.push_back(text_under(line, "reason"));
  both.in_order = has_order(pipeline_, {stage, rejected_port(pipeline_.stages[stage])});
  both.agree = [](const std::string& part, const std::string& reason) {
    return reason.find(part) != std::string::npos;
  };
  return difference(std::move(both));
}

void pipeline_trial::add_differences(const captures& got, const trial_setup& how,
                                     std::vector<std::string>& to) const {
  for (std::size_t i = 0; i < test_.expected.size(); ++i) {
    const auto& expected = test_.expected[i];
    if (expected.has_conditions)
      add_unmet_conditions(quoted(port_name(expected)), expected, *got.expected[i],
                           comes_in_order(expected), to);
    else
      to.push_back(output_difference(expected, *got.expected[i], how));
  }
  for (std::uint32_t i = 0; i < got.rejected.size(); ++i)
    to.push_back(rejected_difference(i, *got.rejected[i]));
  std::erase(to, "");
}

}  // namespace weir
