#include "pipelines/simulation/foretold.hpp"

#include <algorithm>
#include <optional>

#include "pipelines/trial/trial_order.hpp"

namespace weir {
namespace {

bool is_transform(const graph_stage& stage) { return stage.type->kind == stage_kind::transform; }

// What comes of a record follows from that record alone.
bool keeps_records_apart(const graph_stage& stage) {
  const bool passes =
      stage.type->ledger == ledger_kind::passes && stage.configured->inputs().size() == 1;
  return passes || stage.type->failed == after_failure::goes_on;
}

// What comes of all records does not depend on their order.
bool heeds_no_order(const graph_stage& stage) {
  return keeps_records_apart(stage) || stage.type->shares_work;
}

bool all_inputs_have_order(const graph& in, std::uint32_t stage) {
  const auto inputs = static_cast<port_number>(in.stages[stage].configured->inputs().size());
  for (port_number port = 0; port < inputs; ++port)
    if (!input_has_order(in, {stage, port})) return false;
  return inputs < 2 || in.stages[stage].type->order != input_order::any;
}

class foretelling {
 public:
  foretelling(const graph& of, const disturbance& disturbed)
      : of_(of), disturbed_(disturbed), known_(of.stages.size()) {}

  std::vector<foretold> all() {
    std::vector<foretold> list;
    for (std::uint32_t stage = 0; stage < of_.stages.size(); ++stage)
      list.push_back(at_inputs(stage));
    return list;
  }

 private:
  foretold at_inputs(std::uint32_t stage) {
    if (known_[stage]) return *known_[stage];
    foretold level = foretold::all;
    for (const auto& edge : of_.edges)
      if (edge.to.stage == stage) level = std::max(level, at_output(edge.from));
    if (of_.stages[stage].full != when_full::block) level = foretold::none;
    known_[stage] = level;
    return level;
  }

  foretold at_output(graph_port output) {
    const graph_stage& stage = of_.stages[output.stage];
    foretold level = at_inputs(output.stage);
    if (is_transform(stage)) {
      if (level == foretold::part && !keeps_records_apart(stage)) level = foretold::none;
      if (!heeds_no_order(stage) && !all_inputs_have_order(of_, output.stage))
        level = foretold::none;
    }
    if (output.port == rejected_port(stage) && may_be_ended_early(output.stage))
      level = foretold::none;
    return disturbed_ ? std::max(level, disturbed_(output)) : level;
  }

  // Whether it may come to its end because nobody wants its records any more: how far it has come
  // then is left to the schedule.
  bool may_be_ended_early(std::uint32_t stage) const {
    const port_number rejected = rejected_port(of_.stages[stage]);
    bool any = false;
    for (const auto& edge : of_.edges) {
      if (edge.from.stage != stage || edge.from.port == rejected) continue;
      if (!may_want_no_more(edge.to.stage)) return false;
      any = true;
    }
    return any;
  }
  bool may_want_no_more(std::uint32_t stage) const {
    if (!is_transform(of_.stages[stage])) return false;
    return !heeds_no_order(of_.stages[stage]) || may_be_ended_early(stage);
  }

  const graph& of_;
  const disturbance& disturbed_;
  std::vector<std::optional<foretold>> known_;
};

}  // namespace

std::vector<foretold> foretell(const graph& of, const disturbance& disturbed) {
  return foretelling(of, disturbed).all();
}

bool leads_to(const graph& in, std::uint32_t from, std::uint32_t to) {
  std::vector<bool> reached(in.stages.size());
  reached[from] = true;
  for (bool any = true; any;) {
    any = false;
    for (const auto& edge : in.edges) {
      if (!reached[edge.from.stage] || reached[edge.to.stage]) continue;
      reached[edge.to.stage] = any = true;
    }
  }
  return reached[to];
}

bool has_many_ways(const graph& in, std::uint32_t stage) {
  const auto leads = [&](const graph_edge& edge) { return leads_to(in, edge.to.stage, stage); };
  // Two edges from one stage that both lead there.
  for (std::uint32_t above = 0; above < in.stages.size(); ++above) {
    const auto ways = std::count_if(in.edges.begin(), in.edges.end(), [&](const auto& edge) {
      return edge.from.stage == above && leads(edge);
    });
    if (ways > 1) return true;
  }
  return false;
}

}  // namespace weir
