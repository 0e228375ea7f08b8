#include "pipelines/assemble/check_tests.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "pipelines/assemble/references.hpp"
#include "runtime/base/text.hpp"

namespace weir {
namespace {

class test_check {
 public:
  test_check(const draft& in, const std::vector<std::vector<known_columns>>& outputs,
             problems& found)
      : in_(in), outputs_(outputs), found_(found) {}

  void check(const pipeline_test& test) {
    bool known = true;
    for (const auto& input : test.inputs) known = check_input(input) && known;
    // Who gave records to a stage that there is not, may have meant the one without.
    if (known) check_all_are_given(test);
    for (const auto& output : test.expected) check_output(output);
    for (const auto& rejection : test.rejected) check_rejection(rejection);
  }

 private:
  const draft_stage* find_stage(const std::string& name, const source_place& place) {
    std::vector<std::string> names;
    for (const auto& stage : in_.stages) {
      if (stage.spec->name == name) return &stage;
      names.push_back(stage.spec->name);
    }
    found_.add(
        "unknown-stage", place,
        fmt::format("unknown stage {}{}", quoted(name), did_you_mean(name, names, "stages")));
    return nullptr;
  }

  // Answers whether there is such a stage.
  bool check_input(const test_records& input) {
    const draft_stage* stage = find_stage(input.stage, input.place);
    if (stage != nullptr && stage->type && stage->type->kind != stage_kind::source)
      found_.add("odd-test", input.place,
                 fmt::format("'{}' is not a source; records are put in where a source would give "
                             "them",
                             input.stage));
    return stage != nullptr;
  }

  void check_all_are_given(const pipeline_test& test) {
    for (const auto& stage : in_.stages) {
      if (!stage.configured || !stage.spec->is_complete) continue;
      const auto& name = stage.spec->name;
      const bool is_given = std::any_of(test.inputs.begin(), test.inputs.end(),
                                        [&](const auto& input) { return input.stage == name; });
      if (!is_given && stage.type->kind == stage_kind::source &&
          !stage.configured->files_read().empty())
        found_.add("missing-input", test.place,
                   fmt::format("'{}' reads files; give its records under 'input', as in '{}: []'",
                               name, name));
    }
  }

  void check_output(const test_records& output) {
    const draft_stage* stage = find_stage(output.stage, output.place);
    if (stage == nullptr) return;
    const bool is_sink = stage->type && stage->type->kind == stage_kind::sink;
    if (is_sink && output.port == "rejected") {
      refuse_sink(output.stage, output.place);
    } else if (is_sink && output.port.empty()) {
      check_conditions(output, taken_by(*stage));
    } else {
      const stage_reference what{output.stage, output.port, {output.place, scalar_style::plain}};
      const auto port = find_output(in_, what, found_);
      if (port) check_conditions(output, given_by(*port));
    }
  }

  void check_rejection(const test_rejection& rejection) {
    const draft_stage* stage = find_stage(rejection.stage, rejection.place);
    if (stage != nullptr && stage->type && stage->type->kind == stage_kind::sink)
      refuse_sink(rejection.stage, rejection.place);
  }

  void refuse_sink(const std::string& name, const source_place& place) {
    found_.add("odd-test", place, fmt::format("'{}' is a sink, and no sink runs in a test", name));
  }

  known_columns given_by(graph_port output) const {
    const auto& ports = outputs_[output.stage];
    return output.port < ports.size() ? ports[output.port] : known_columns();
  }

  known_columns taken_by(const draft_stage& sink) const {
    const auto number = static_cast<std::uint32_t>(&sink - in_.stages.data());
    std::optional<known_columns> all;
    for (const auto& edge : in_.edges) {
      if (edge.to.stage != number) continue;
      const auto from = given_by(edge.from);
      all = all ? united(*all, from) : from;
    }
    return std::move(all).value_or(known_columns());
  }

  void check_conditions(const test_records& output, const known_columns& columns) {
    const auto key = found_.enter("'output'");
    const auto in =
        found_.enter(quoted(output.port.empty() ? output.stage : output.stage + "." + output.port));
    for (const auto& condition : output.conditions) {
      const auto kind = found_.enter(quoted(name_of(condition.what)));
      for (const auto& p : weir::check(condition.value, columns, column_type::boolean).problems)
        found_.add(p.code, condition.place.at(condition.value.text(), p.offset), p.text);
    }
  }

  const draft& in_;
  const std::vector<std::vector<known_columns>>& outputs_;
  problems& found_;
};

}  // namespace

void check_tests(const draft& in, const std::vector<std::vector<known_columns>>& outputs,
                 problems& found) {
  if (in.stages.empty()) return;
  std::set<std::string> names;
  test_check one(in, outputs, found);
  for (const auto& test : in.spec->tests) {
    if (!test.name.empty() && !names.insert(test.name).second)
      found.add("odd-test", test.place, fmt::format("two tests are named {}", quoted(test.name)));
    const auto subject = found.enter(fmt::format("test {}", quoted(test.name)));
    one.check(test);
  }
}

}  // namespace weir
