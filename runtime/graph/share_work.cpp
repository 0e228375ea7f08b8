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
  explicit sharing(plan& out) : out_(out) {}

  void run() {
    const auto nodes = static_cast<std::uint32_t>(out_.nodes.size());
    for (std::uint32_t node = 0; node < nodes; ++node)
      if (out_.nodes[node].workers > 1) share(node, out_.nodes[node].workers);
  }

 private:
  void share(std::uint32_t first, unsigned workers) {
    WEIR_CHECK(out_.nodes[first].inputs.size() <= 1, "workers of a stage with several inputs");
    std::vector<std::uint32_t> lanes{first};
    for (std::uint32_t worker = 1; worker < workers; ++worker) {
      lanes.push_back(static_cast<std::uint32_t>(out_.nodes.size()));
      plan_node copy = out_.nodes[first];
      copy.worker = worker;
      for (auto& follower : copy.followers) {
        plan_edge fused = out_.edges[follower.above];
        fused.from.stage = fused.to.stage = lanes.back();
        follower.above = add(std::move(fused));
      }
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
    for (port_number lane = 0; lane < lanes.size(); ++lane) {
      plan_edge edge = share_of(out_.edges[above], lanes.size());
      edge.from = {number, lane};
      edge.to = {lanes[lane], 0};
      edge.from_name = node.name;
      const edge_id added = add(std::move(edge));
      node.outputs.emplace_back(added);
      out_.nodes[lanes[lane]].inputs[0] = added;
    }
    out_.edges[above].to = {number, 0};
    out_.edges[above].to_name = node.name;
    node.known.resize(node.inputs.size());
    node.demand.resize(node.outputs.size());
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
      out_.nodes[lanes[lane]].outputs[port] = added;
    }
    node.outputs = {below};
    out_.edges[below].from = {number, 0};
    node.known.resize(node.inputs.size());
    node.demand.resize(node.outputs.size());
    out_.nodes.push_back(std::move(node));
  }

  plan& out_;
};

}  // namespace

void assign_workers(plan& out, unsigned threads) {
  // Asked once: a source may look at its files for it.
  std::vector<unsigned> most;
  const auto shares_by_itself = [&](std::size_t s) {
    return !out.what.stages[s].workers && out.what.stages[s].type->kind == stage_kind::source &&
           most[s] > 1;
  };
  unsigned sources = 0;
  for (const auto& stage : out.what.stages) {
    most.push_back(workers_most(stage));
    if (shares_by_itself(most.size() - 1)) ++sources;
  }
  for (auto& node : out.nodes) {
    if (node.what != plan_node::role::stage) continue;
    unsigned wished = out.stage_of(node).workers.value_or(1);
    if (wished == workers_by_threads) wished = threads;
    if (shares_by_itself(node.stage)) wished = std::max(threads / sources, 1U);
    node.workers = std::min(wished, most[node.stage]);
  }
}

void share_work(plan& out) { sharing(out).run(); }

}  // namespace weir
