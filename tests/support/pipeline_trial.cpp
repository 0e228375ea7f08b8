#include "tests/support/pipeline_trial.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "runtime/base/check.hpp"
#include "runtime/base/text.hpp"
#include "tests/support/graph_builder.hpp"
#include "tests/support/hang_limit.hpp"
#include "tests/support/json_line.hpp"
#include "tests/support/trial_differences.hpp"
#include "tests/support/trial_order.hpp"
#include "tests/support/trial_stages.hpp"

namespace weir::testing {
namespace {

// Time goes on, for those who wait, but it is always the same day.
class same_day_clock final : public clock {
 public:
  time_point now() const override { return machine_clock().now(); }
  wall_time wall() const override { return wall_time(std::chrono::seconds(1'767'225'600)); }
};

const same_day_clock same_day;

// A stage of the graph that is made to order.
graph_stage made_to_order(made_stage what) {
  graph_builder one;
  one.add(std::move(what));
  return one.finish().stages.front();
}

// In place of a stage; what the pipeline file says of its name, place and inputs stays.
void put_in_place(graph_stage& of, made_stage what) {
  graph_stage made = made_to_order(std::move(what));
  of.type = std::move(made.type);
  of.configured = std::move(made.configured);
}

column_demand whole_record() { return {.all = false, .columns = {}, .raw_formats = {"ndjson"}}; }

std::set<std::string> keys_of_all(const std::vector<std::string>& lines) {
  std::set<std::string> keys;
  for (const auto& line : lines) keys.merge(keys_of(line));
  return keys;
}

std::string port_text(const test_records& what) {
  return what.port.empty() ? quoted(what.stage) : quoted(what.stage + "." + what.port);
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

void pipeline_trial::check(problems& found) const {
  const auto subject = found.enter(fmt::format("test {}", quoted(test_.name)));
  for (const auto& stage : pipeline_.stages) {
    const auto is_given = std::any_of(test_.inputs.begin(), test_.inputs.end(),
                                      [&](const auto& i) { return i.stage == stage.name; });
    if (!is_given && !stage.configured->files_read().empty())
      found.add("missing-input", test_.place,
                fmt::format("'{}' reads files; give its records under 'input', as in '{}: []'",
                            stage.name, stage.name));
  }
  for (const auto& expected : test_.expected)
    if (is_of_sink(expected) && is_rejected_port(expected))
      found.add("odd-test", expected.place,
                fmt::format("'{}' is a sink, and no sink runs in a test", expected.stage));
  for (const auto& rejection : test_.rejected)
    if (pipeline_.stages[stage_named(rejection.stage)].type->kind == stage_kind::sink)
      found.add("odd-test", rejection.place,
                fmt::format("'{}' is a sink, and no sink runs in a test", rejection.stage));
}

void pipeline_trial::give_inputs(graph& to, const trial_setup& how) const {
  for (const auto& input : test_.inputs) {
    graph_stage& stage = to.stages[stage_named(input.stage)];
    given_records given{.name = input.stage, .lines = input.lines};
    given.chunk_records = how.chunk_records;
    for (const auto& f : stage.configured->known(0, {}).fields)
      if (f.type != column_type::dynamic) given.declared.push_back(f);
    put_in_place(stage, given_source(std::move(given)));
  }
}

// A sink that nobody asks about wants what it would want in a run, so that no more is read above
// it.
void pipeline_trial::replace_sinks(graph& in, const trial_setup& how, captures& into) const {
  for (auto& stage : in.stages) {
    if (stage.type->kind != stage_kind::sink) continue;
    column_demand wanted;
    if (!how.narrow) wanted = stage.configured->demand(0, {});
    auto to = std::make_shared<lines>();
    for (std::size_t i = 0; i < test_.expected.size(); ++i) {
      if (test_.expected[i].stage != stage.name) continue;
      wanted = how.narrow ? column_demand{.columns = keys_of_all(test_.expected[i].lines)}
                          : whole_record();
      into.expected[i] = to;
    }
    put_in_place(stage, capture_sink(std::move(wanted), std::move(to)));
  }
}

void pipeline_trial::capture_outputs(graph& in, const trial_setup& how, captures& into) const {
  for (std::size_t i = 0; i < test_.expected.size(); ++i) {
    const auto& expected = test_.expected[i];
    if (into.expected[i]) continue;
    into.expected[i] = std::make_shared<lines>();
    column_demand wanted = whole_record();
    if (how.narrow) wanted = {.columns = keys_of_all(expected.lines)};
    graph_stage added = made_to_order(capture_sink(std::move(wanted), into.expected[i]));
    added.name = fmt::format("expected {}", i + 1);
    in.edges.push_back({port_of(expected), {static_cast<std::uint32_t>(in.stages.size()), 0}});
    in.stages.push_back(std::move(added));
  }
}

void pipeline_trial::capture_rejected(graph& in, captures& into) const {
  if (!test_.checks_rejected) return;
  for (std::uint32_t i = 0; i < pipeline_.stages.size(); ++i) {
    into.rejected.push_back(std::make_shared<lines>());
    if (pipeline_.stages[i].type->kind == stage_kind::sink) continue;
    graph_stage added = made_to_order(capture_sink({.columns = {"reason"}}, into.rejected.back()));
    added.name = fmt::format("rejected {}", i + 1);
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

std::vector<std::string> pipeline_trial::run(executor& by, const trial_setup& how) const {
  captures got;
  run_options options;
  options.time = &same_day;
  const auto running = by.start(graph_of(how, got), std::move(options));
  const auto report = running->wait(machine_clock().now() + hang_limit);
  if (!report) return {"the pipeline did not come to its end"};
  std::vector<std::string> found;
  if (report->failure)
    found.push_back(
        fmt::format("'{}' failed: {}", report->failure->stage, report->failure->cause.text));
  else if (report->outcome != run_outcome::complete)
    found.emplace_back("the pipeline ended before all of its input was handled");
  found.insert(found.end(), report->imbalances.begin(), report->imbalances.end());
  for (auto& text : differences(got, how)) found.push_back(std::move(text));
  return found;
}

std::string pipeline_trial::output_difference(const test_records& expected, const lines& got,
                                              const trial_setup& how) const {
  trial_comparison both{.what = port_text(expected)};
  const auto keys = keys_of_all(expected.lines);
  for (const auto& line : expected.lines)
    both.expected.push_back(how.narrow ? sorted_by_key(respelled(line)) : respelled(line));
  for (const auto& line : got)
    both.got.push_back(how.narrow ? sorted_by_key(respelled(with_keys(line, keys)))
                                  : respelled(line));
  if (is_rejected_port(expected))
    both.agree = [](const std::string& part, const std::string& whole) {
      return sorted_by_key(with_keys(whole, keys_of(part))) == sorted_by_key(part);
    };
  both.in_order = is_of_sink(expected)
                      ? input_has_order(pipeline_, {stage_named(expected.stage), 0})
                      : has_order(pipeline_, port_of(expected));
  return difference(both);
}

std::string pipeline_trial::rejected_difference(std::uint32_t stage, const lines& got) const {
  const std::string& name = pipeline_.stages[stage].name;
  trial_comparison both{.what = fmt::format("rejected by '{}'", name)};
  for (const auto& rejection : test_.rejected)
    if (rejection.stage == name) both.expected.push_back(rejection.reason);
  for (const auto& line : got) both.got.push_back(text_under(line, "reason"));
  both.in_order = has_order(pipeline_, {stage, rejected_port(pipeline_.stages[stage])});
  both.agree = [](const std::string& part, const std::string& reason) {
    return reason.find(part) != std::string::npos;
  };
  return difference(both);
}

std::vector<std::string> pipeline_trial::differences(const captures& got,
                                                     const trial_setup& how) const {
  std::vector<std::string> found;
  for (std::size_t i = 0; i < test_.expected.size(); ++i)
    found.push_back(output_difference(test_.expected[i], *got.expected[i], how));
  for (std::uint32_t i = 0; i < got.rejected.size(); ++i)
    found.push_back(rejected_difference(i, *got.rejected[i]));
  std::erase(found, "");
  return found;
}

}  // namespace weir::testing
