#include "pipelines/replay/replay_graph.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "pipelines/replay/replay_stages.hpp"
#include "runtime/graph/plan.hpp"

namespace weir {
namespace {

std::vector<bool> stages_below(const graph& whole, const letter_survey& letters) {
  std::vector<bool> runs(whole.stages.size());
  std::vector<std::uint32_t> open;
  const auto reach = [&](std::uint32_t stage) {
    if (runs[stage]) return;
    runs[stage] = true;
    open.push_back(stage);
  };
  for (std::uint32_t i = 0; i < whole.stages.size(); ++i)
    if (letters.letters[i] > 0) reach(i);
  while (!open.empty()) {
    const std::uint32_t at = open.back();
    open.pop_back();
    for (const auto& edge : whole.edges)
      if (edge.from.stage == at) reach(edge.to.stage);
  }
  return runs;
}

// What is known of the records that come to a stage with one input.
known_columns known_at(const plan& of, std::uint32_t stage) {
  for (const auto& node : of.nodes)
    if (node.what == plan_node::role::stage && node.stage == stage) return node.known.front();
  return {};
}

class builder {
 public:
  builder(const graph& whole, const letter_survey& letters,
          const std::shared_ptr<const letter_file>& of)
      : whole_(whole), letters_(letters), of_(of) {}

  graph build() && {
    made_ = whole_;
    made_.stages.clear();
    made_.edges.clear();
    take_stages();
    connect();
    fill_inputs();
    return std::move(made_);
  }

 private:
  void take_stages() {
    const auto runs = stages_below(whole_, letters_);
    const plan planned = make_plan(whole_);
    numbers_.resize(whole_.stages.size());
    for (std::uint32_t i = 0; i < whole_.stages.size(); ++i) {
      if (!runs[i]) continue;
      const graph_stage& stage = whole_.stages[i];
      const bool is_source = stage.type->kind == stage_kind::source;
      // Letters stand before their stage, as reports list stages in this order.
      const bool gets_letters = letters_.letters[i] > 0 && !is_source;
      if (gets_letters)
        put_letters(add_source(fmt::format("dead letters of {}", stage.name), stage.place), of_,
                    stage.name, known_at(planned, i));
      numbers_[i] = static_cast<std::uint32_t>(made_.stages.size());
      made_.stages.push_back(stage);
      if (is_source) put_rereading(made_.stages.back(), of_);
      if (gets_letters) made_.edges.push_back({{*numbers_[i] - 1, 0}, {*numbers_[i], 0}});
    }
  }

  void connect() {
    for (const auto& edge : whole_.edges)
      if (numbers_[edge.from.stage] && numbers_[edge.to.stage])
        made_.edges.push_back({{*numbers_[edge.from.stage], edge.from.port},
                               {*numbers_[edge.to.stage], edge.to.port}});
  }

  void fill_inputs() {
    std::set<std::pair<std::uint32_t, port_number>> written;
    for (const auto& edge : made_.edges) written.insert({edge.to.stage, edge.to.port});
    const auto count = static_cast<std::uint32_t>(made_.stages.size());
    for (std::uint32_t i = 0; i < count; ++i) {
      const auto names = made_.stages[i].configured->inputs();
      for (port_number port = 0; port < names.size(); ++port) {
        if (written.contains({i, port})) continue;
        made_.edges.push_back({{static_cast<std::uint32_t>(made_.stages.size()), 0}, {i, port}});
        put_nothing(add_source(fmt::format("nothing for {}.{}", made_.stages[i].name, names[port]),
                               made_.stages[i].place));
      }
    }
  }

  graph_stage& add_source(std::string name, const source_place& place) {
    graph_stage added;
    added.name = std::move(name);
    added.place = place;
    made_.stages.push_back(std::move(added));
    return made_.stages.back();
  }

  const graph& whole_;
  const letter_survey& letters_;
  const std::shared_ptr<const letter_file>& of_;
  std::vector<std::optional<std::uint32_t>> numbers_;  // in the graph that is made
  graph made_;
};

}  // namespace

graph replay_graph(const graph& whole, const letter_survey& letters,
                   const std::shared_ptr<const letter_file>& of) {
  return builder(whole, letters, of).build();
}

}  // namespace weir
