#include "runtime/graph/share_work.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "runtime/base/check.hpp"

namespace weir {
namespace {

// An edge to or from one of many workers has a share of the bytes, but room for a large chunk.
constexpr std::uint64_t least_bytes = 512 * 1024;

class sharing {
 public:
  sharing(plan& out, unsigned threads) : out_(out), threads_(threads) {}

  void run() {
    const auto stages = static_cast<std::uint32_t>(out_.nodes.size());
    const auto by_itself = static_cast<unsigned>(
        std::count_if(out_.nodes.begin(), out_.nodes.end(),
                      [this](const plan_node& node) { return shares_by_itself(node); }));
    for (std::uint32_t node = 0; node < stages; ++node) {
      if (out_.nodes[node].what != plan_node::role::stage) continue;
      const unsigned workers = workers_of(out_.nodes[node], by_itself);
      if (workers > 1) share(node, workers);
    }
  }

 private:
  bool shares_by_itself(const plan_node& node) const {
    if (node.what != plan_node::role::stage) return false;
    const graph_stage& stage = out_.stage_of(node);
    return !stage.workers && stage.type->kind == stage_kind::source &&
           stage.configured->workers_most() > 1;
  }

  unsigned workers_of(const plan_node& node, unsigned sources) const {
    const graph_stage& stage = out_.stage_of(node);
    unsigned wished = stage.workers.value_or(1);
    if (shares_by_itself(node)) wished = std::max(threads_ / sources, 1U);
    return wished == 1 ? 1 : std::min(wished, stage.configured->workers_most());
  }

  void share(std::uint32_t first, unsigned workers) {
    WEIR_CHECK(out_.nodes[first].inputs.size() <= 1, "workers of a stage with several inputs");
    std::vector<std::uint32_t> lanes{first};
    out_.nodes[first].workers = workers;
    for (std::uint32_t worker = 1; worker < workers; ++worker) {
      lanes.push_back(static_cast<std::uint32_t>(out_.nodes.size()));
      plan_node copy = out_.nodes[first];
      copy.worker = worker;
      out_.nodes.push_back(std::move(copy));
    }
    if (!out_.nodes[first].inputs.empty()) dispatch_to(lanes);
    for (port_number port = 0; port < out_.nodes[first].outputs.size(); ++port)
      if (out_.nodes[first].outputs[port]) collect_from(lanes, port);
  }

  plan_node between(plan_node::role what, std::uint32_t worker, std::string name) const {
    plan_node node;
    node.what = what;
    node.name = std::move(name);
    node.stage = out_.nodes[worker].stage;
    return node;
  }

  plan_edge share_of(const plan_edge& whole, std::size_t workers) const {
    plan_edge part = whole;
    part.full = when_full::block;
    part.credit.bytes.bytes = std::max(whole.credit.bytes.bytes / workers,
                                       std::min(least_bytes, whole.credit.bytes.bytes));
    return part;
  }

  edge_id add(plan_edge edge) {
    out_.edges.push_back(std::move(edge));
    return static_cast<edge_id>(out_.edges.size() - 1);
  }

  void dispatch_to(const std::vector<std::uint32_t>& lanes) {
    const auto number = static_cast<std::uint32_t>(out_.nodes.size());
    const edge_id above = out_.nodes[lanes[0]].inputs[0];
    plan_node node = between(plan_node::role::dispatch, lanes[0],
                             fmt::format("{}.dispatch", out_.nodes[lanes[0]].name));
    node.inputs = {above};
    node.known = out_.nodes[lanes[0]].known;
    for (port_number lane = 0; lane < lanes.size(); ++lane) {
      plan_edge edge = share_of(out_.edges[above], lanes.size());
      edge.from = {number, lane};
      edge.to = {lanes[lane], 0};
      edge.from_name = node.name;
      const edge_id added = add(std::move(edge));
      node.outputs.emplace_back(added);
      node.demand.push_back(
          out_.nodes[out_.edges[above].from.stage].demand.at(out_.edges[above].from.port));
      out_.nodes[lanes[lane]].inputs[0] = added;
    }
    out_.edges[above].to = {number, 0};
    out_.edges[above].to_name = node.name;
    out_.nodes.push_back(std::move(node));
  }

  void collect_from(const std::vector<std::uint32_t>& lanes, port_number port) {
    const auto number = static_cast<std::uint32_t>(out_.nodes.size());
    const edge_id below = *out_.nodes[lanes[0]].outputs[port];
    const graph_stage& stage = out_.stage_of(out_.nodes[lanes[0]]);
    plan_node node = between(stage.ordered ? plan_node::role::collect : plan_node::role::merge,
                             lanes[0], fmt::format("{}.collect", out_.edges[below].from_name));
    for (port_number lane = 0; lane < lanes.size(); ++lane) {
      plan_edge edge = share_of(out_.edges[below], lanes.size());
      edge.from = {lanes[lane], port};
      edge.to = {number, lane};
      edge.to_name = node.name;
      const edge_id added = add(std::move(edge));
      node.inputs.push_back(added);
      node.known.push_back(
          out_.nodes[out_.edges[below].to.stage].known.at(out_.edges[below].to.port));
      out_.nodes[lanes[lane]].outputs[port] = added;
    }
    node.outputs = {below};
    node.demand = {out_.nodes[lanes[0]].demand.at(port)};
    out_.edges[below].from = {number, 0};
    out_.nodes.push_back(std::move(node));
  }

  plan& out_;
  unsigned threads_;
};

}  // namespace

void share_work(plan& out, unsigned threads) {
  WEIR_CHECK(threads > 0, "a plan for no thread");
  sharing(out, threads).run();
  sort_nodes(out);
}

}  // namespace weir
