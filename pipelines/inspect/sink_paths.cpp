#include "pipelines/inspect/sink_paths.hpp"

#include <algorithm>
#include <limits>

#include "pipelines/assemble/check_failures.hpp"
#include "pipelines/inspect/graph_links.hpp"
#include "pipelines/inspect/planned_edge.hpp"

namespace weir {
namespace {

// Where counting ends.
constexpr auto ways_max = std::numeric_limits<std::uint64_t>::max() / 2;

class path_search {
 public:
  path_search(const plan& planned, std::size_t shown_max)
      : of_(planned.what),
        links_(planned.what),
        placing_(placing_of_stages(planned)),
        shown_max_(shown_max) {}

  sink_paths run() {
    count_ways();
    std::uint64_t all = 0;
    for (std::uint32_t stage = 0; stage < of_.stages.size(); ++stage) {
      if (of_.stages[stage].type->kind != stage_kind::source) continue;
      all = std::min(ways_max, all + ways_[stage]);
      if (ways_[stage] > 0) walk_from(stage);
    }
    const auto left_out = all - std::min<std::uint64_t>(all, shown_.size());
    return {std::move(shown_), left_out};
  }

 private:
  bool is_sink(std::uint32_t stage) const {
    return of_.stages[stage].type->kind == stage_kind::sink;
  }

  void count_ways() {
    ways_.resize(of_.stages.size());
    for (auto stage = links_.order.rbegin(); stage != links_.order.rend(); ++stage) {
      ways_[*stage] = is_sink(*stage) ? 1 : 0;
      for (const auto* edge : links_.out_of[*stage])
        ways_[*stage] = std::min(ways_max, ways_[*stage] + ways_[edge->to.stage]);
    }
  }

  // Depth first, with a stack of our own: a file may have many thousands of stages in a row.
  void walk_from(std::uint32_t source) {
    std::vector<const graph_edge*> way;
    std::vector<std::size_t> next{0};
    while (!next.empty() && shown_.size() < shown_max_) {
      const auto& on = links_.out_of[way.empty() ? source : way.back()->to.stage];
      if (next.back() == on.size()) {
        next.pop_back();
        if (!way.empty()) way.pop_back();
        continue;
      }
      const graph_edge* edge = on[next.back()++];
      if (ways_[edge->to.stage] == 0) continue;
      way.push_back(edge);
      next.push_back(0);
      if (is_sink(edge->to.stage)) shown_.push_back(path_along(way));
    }
  }

  sink_path path_along(const std::vector<const graph_edge*>& way) const {
    sink_path path;
    pass(path, way.front()->from.stage);
    for (const auto* edge : way) {
      path.outputs.push_back(output_read(of_, edge->from));
      leave(path, *edge);
      pass(path, edge->to.stage);
    }
    path.sink = way.back()->to.stage;
    return path;
  }

  // What becomes of records on an edge.
  void leave(sink_path& path, const graph_edge& edge) const {
    const auto& writers = links_.into[edge.to.stage];
    const bool merges = std::count_if(writers.begin(), writers.end(), [&](const auto* other) {
                          return other->to.port == edge.to.port;
                        }) > 1;
    const graph_stage& from = of_.stages[edge.from.stage];
    const bool mixes_rejected =
        edge.from.port == rejected_port(from) && from.configured->inputs().size() > 1;
    if ((merges || mixes_rejected) && path.order != sink_path::order_kind::any) {
      path.order = sink_path::order_kind::mixed;
      path.ordered_by = merges ? edge.to.stage : edge.from.stage;
    }
    if (const auto how = of_.stages[edge.to.stage].full; how != when_full::block)
      path.drops.push_back({edge.to.stage, how});
  }

  // What a stage does to the records that it takes, or begins with.
  void pass(sink_path& path, std::uint32_t number) const {
    const graph_stage& stage = of_.stages[number];
    const bool sees_all = stage.type->kind == stage_kind::transform &&
                          stage.type->ledger == ledger_kind::creates &&
                          stage.configured->hold().what == hold_bound::kind::all;
    if (placing_[number].gives_up_order) {
      path.order = sink_path::order_kind::any;
      path.ordered_by = number;
    } else if (sees_all) {
      path.order = sink_path::order_kind::its_own;
      path.ordered_by = number;
    }
    const bool by_policy = rejects_by_policy(stage.on_failure, *stage.type);
    if ((by_policy || stage.configured->rejects()) &&
        !links_.is_read({number, rejected_port(stage)}))
      path.rejecting.push_back(number);
  }

  const graph& of_;
  graph_links links_;
  std::vector<stage_placing> placing_;
  std::size_t shown_max_;
  std::vector<std::uint64_t> ways_;  // to sinks, by stage
  std::vector<sink_path> shown_;
};

}  // namespace

sink_paths paths_to_sinks(const plan& planned, std::size_t shown_max) {
  return path_search(planned, shown_max).run();
}

std::vector<stage_placing> placing_of_stages(const plan& planned) {
  std::vector<stage_placing> all(planned.what.stages.size());
  for (const auto& node : planned.nodes) {
    if (node.what != plan_node::role::stage) continue;
    // The first stage decides whether turns are put into order again, behind the last.
    const bool gives_up_order = node.workers > 1 && !planned.stage_of(node).ordered;
    all[node.stage].workers = node.workers;
    all[node.stage].gives_up_order = gives_up_order;
    all[node.stage].runs_in = node.stage;
    for (const auto& follower : node.followers)
      if (follower.prepares)
        all[follower.stage].prepared_in = node.stage;
      else
        all[follower.stage] = {node.workers, false, node.stage};
  }
  return all;
}

}  // namespace weir
