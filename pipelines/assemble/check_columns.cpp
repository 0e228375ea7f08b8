#include "pipelines/assemble/check_columns.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "pipelines/assemble/option_place.hpp"
#include "runtime/expression/expression.hpp"
#include "runtime/expression/unknown_column.hpp"

namespace weir {
namespace {

void add_field(known_columns& to, const field& added) {
  for (auto& f : to.fields)
    if (f.name == added.name) {
      f.type = added.type;
      return;
    }
  to.fields.push_back(added);
}

class column_check {
 public:
  column_check(const draft& in, problems& found)
      : in_(in), found_(found), outputs_(in.stages.size()) {}

  void visit(std::uint32_t at) {
    const draft_stage& stage = in_.stages[at];
    if (!stage.configured) return;
    const auto inputs = inputs_of(at);
    if (stage.spec->is_complete) {
      const auto subject = found_.enter(in_.subject(at));
      check_expressions(stage, inputs);
      check_named(stage, inputs);
    }
    outputs_[at].resize(stage.outputs.size() + 1);
    // A stage whose options are wrong makes nobody knows what.
    if (stage.is_sound)
      for (port_number port = 0; port < stage.outputs.size(); ++port)
        outputs_[at][port] = stage.configured->known(port, inputs);
    outputs_[at][stage.rejected()] = rejected_columns();
  }

  std::vector<std::vector<known_columns>> outputs() && { return std::move(outputs_); }

 private:
  std::vector<known_columns> inputs_of(std::uint32_t at) const {
    std::vector<std::optional<known_columns>> merging(in_.stages[at].inputs.size());
    for (const auto& edge : in_.edges) {
      if (edge.to.stage != at || edge.to.port >= merging.size()) continue;
      const auto& ports = outputs_[edge.from.stage];
      const known_columns from =
          edge.from.port < ports.size() ? ports[edge.from.port] : known_columns{};
      auto& into = merging[edge.to.port];
      into = into ? united(*into, from) : from;
    }
    std::vector<known_columns> inputs;
    for (auto& input : merging) inputs.push_back(std::move(input).value_or(known_columns{}));
    return inputs;
  }

  void check_expressions(const draft_stage& stage, const std::vector<known_columns>& inputs) {
    for (const auto& use : stage.configured->expressions()) {
      known_columns columns = inputs.size() == 1 ? inputs.front() : known_columns{};
      for (const auto& f : use.added_before) add_field(columns, f);
      // An option that could not be read may have made a column.
      columns.complete = columns.complete && stage.is_sound;
      const auto option = found_.enter(use.subject);
      for (const auto& p : check(*use.what, columns, use.wanted).problems)
        found_.add(p.code, use.place->at(use.what->text(), p.offset), p.text);
    }
  }

  void check_named(const draft_stage& stage, const std::vector<known_columns>& inputs) {
    if (inputs.size() != 1 || !inputs.front().complete) return;
    std::map<std::string, std::size_t> seen;
    for (const auto& path : stage.configured->columns()) {
      const std::string& name = path.column();
      if (inputs.front().find(name) != nullptr || name == "_file" || name == "_offset" ||
          name == "_line")
        continue;
      const std::string text = to_text(path);
      const auto at = find_column(stage, text, seen[text]++);
      const auto option = found_.enter(at.subject);
      found_.add("unknown-column", at.place, unknown_column(name, inputs.front()));
    }
  }

  const draft& in_;
  problems& found_;
  std::vector<std::vector<known_columns>> outputs_;  // by stage and port, `rejected` last
};

}  // namespace

std::vector<std::vector<known_columns>> check_columns(const draft& in,
                                                      const std::vector<std::uint32_t>& order,
                                                      problems& found) {
  column_check all(in, found);
  for (const auto stage : order) all.visit(stage);
  return std::move(all).outputs();
}

}  // namespace weir
