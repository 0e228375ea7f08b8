#include "runtime/graph/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "runtime/base/check.hpp"
#include "runtime/graph/fuse_stages.hpp"
#include "runtime/graph/reconvergence.hpp"
#include "runtime/graph/share_work.hpp"

namespace weir {
namespace {

using port_key = std::pair<std::uint32_t, port_number>;

// Puts nodes and edges together; `sort_nodes` brings the nodes into their order afterwards.
class planner {
 public:
  explicit planner(plan& out) : out_(out) {}

  void build() {
    for (std::uint32_t s = 0; s < out_.what.stages.size(); ++s) add_stage(s);
    std::map<port_key, std::vector<const graph_edge*>> readers;
    std::map<port_key, std::size_t> writers;
    for (const auto& edge : out_.what.edges) {
      readers[{edge.from.stage, edge.from.port}].push_back(&edge);
      ++writers[{edge.to.stage, edge.to.port}];
    }
    for (std::uint32_t s = 0; s < out_.what.stages.size(); ++s)
      for (port_number port = 0; port < out_.nodes[s].inputs.size(); ++port)
        WEIR_CHECK(writers.contains({s, port}), "a graph with an input that nothing writes");
    for (const auto& [at, count] : writers)
      if (count > 1) add_merge(at);
    for (const auto& [at, edges] : readers) {
      graph_port from{at.first, at.second};
      const std::string from_name = port_name(from);
      if (edges.size() > 1) from = add_fork(from, from_name, edges);
      for (const graph_edge* edge : edges) {
        connect(from, from_name, input_of(edge->to), edge->to.stage);
        ++from.port;
      }
    }
  }

 private:
  void add_stage(std::uint32_t s) {
    const graph_stage& stage = out_.what.stages[s];
    plan_node node;
    node.name = stage.name;
    node.stage = s;
    node.inputs.resize(stage.configured->inputs().size());
    node.outputs.resize(stage.configured->outputs().size() + 1);
    node.order = stage.type->order;
    node.ledger = stage.type->ledger;
    node.holds_nothing = stage.configured->hold().what == hold_bound::kind::none;
    out_.nodes.push_back(std::move(node));
  }

  std::string port_name(graph_port at) const {
    const graph_stage& stage = out_.what.stages[at.stage];
    return fmt::format("{}.{}", stage.name, output_name(stage, at.port));
  }

  void add_merge(port_key at) {
    const graph_stage& stage = out_.what.stages[at.first];
    plan_node node;
    node.what = plan_node::role::merge;
    node.name = fmt::format("{}.merge", stage.name);
    node.stage = at.first;
    node.outputs.resize(1);
    const auto number = static_cast<std::uint32_t>(out_.nodes.size());
    out_.nodes.push_back(std::move(node));
    connect({number, 0}, out_.nodes[number].name, {at.first, at.second}, at.first);
    merges_[at] = number;
  }

  graph_port add_fork(graph_port from, const std::string& from_name,
                      const std::vector<const graph_edge*>& readers) {
    plan_node node;
    node.what = plan_node::role::fork;
    node.name = fmt::format("{}.fork", from_name);
    node.stage = from.stage;
    node.inputs.resize(1);
    node.outputs.resize(readers.size());
    const auto number = static_cast<std::uint32_t>(out_.nodes.size());
    out_.nodes.push_back(std::move(node));
    connect(from, from_name, {number, 0}, readers.front()->to.stage);
    plan_edge& above = out_.edges.back();
    above.full = when_full::block;
    // What waits before a fork waits for its slowest reader: no more than the least of them asks.
    for (const graph_edge* reader : readers) {
      const credit_limits& asked = out_.what.stages[reader->to.stage].credit;
      above.credit.chunks = std::min(above.credit.chunks, asked.chunks);
      above.credit.bytes = std::min(above.credit.bytes, asked.bytes);
    }
    return {number, 0};
  }

  // Where an edge to a stage's input ends: at the input, or at a new port of its merge.
  graph_port input_of(graph_port to) {
    const auto merge = merges_.find({to.stage, to.port});
    if (merge == merges_.end()) return to;
    plan_node& node = out_.nodes[merge->second];
    node.inputs.emplace_back();
    return {merge->second, static_cast<port_number>(node.inputs.size() - 1)};
  }

  void connect(graph_port from, const std::string& from_name, graph_port to, std::uint32_t reader) {
    const graph_stage& stage = out_.what.stages[reader];
    plan_edge edge{.from = from, .to = to, .credit = stage.credit, .full = stage.full};
    edge.ring_chunks = stage.credit.chunks;
    edge.from_name = from_name;
    edge.to_name = out_.nodes[to.stage].name;
    const bool from_merge = out_.nodes[from.stage].what == plan_node::role::merge;
    if (from_merge) edge.full = when_full::block;
    const auto number = static_cast<edge_id>(out_.edges.size());
    out_.nodes[from.stage].outputs[from.port] = number;
    out_.nodes[to.stage].inputs[to.port] = number;
    out_.edges.push_back(std::move(edge));
  }

  plan& out_;
  std::map<port_key, std::uint32_t> merges_;
};

// What a node wants of an input, all that is wanted of its outputs being known.
column_demand wanted_by(const plan& out, const plan_node& node, port_number input) {
  if (node.what != plan_node::role::stage) {
    column_demand all;
    for (const auto& d : node.demand) all.add(d);
    return all;
  }
  std::vector<column_demand> below(node.demand.begin(), node.demand.end() - 1);
  column_demand wanted = out.stage_of(node).configured->demand(input, below);
  // A rejected record is shown whole, as its text where that is still true.
  const bool kept = out.what.keeper && may_reject(out.stage_of(node));
  if (kept || node.outputs.back()) wanted.raw_formats.insert("ndjson");
  return wanted;
}

void plan_columns(plan& out) {
  for (auto node = out.nodes.rbegin(); node != out.nodes.rend(); ++node) {
    node->demand.resize(node->outputs.size());
    for (std::size_t port = 0; port < node->outputs.size(); ++port) {
      if (!node->outputs[port]) continue;
      const plan_edge& edge = out.edges[*node->outputs[port]];
      node->demand[port] = wanted_by(out, out.nodes[edge.to.stage], edge.to.port);
    }
  }
}

// What is known of a node's outputs, all that is known of its inputs being there.
known_columns known_of(const plan& out, const plan_node& node, port_number output) {
  if (node.what == plan_node::role::stage)
    return output + 1 == node.outputs.size()
               ? rejected_columns()
               : out.stage_of(node).configured->known(output, node.known);
  known_columns all = node.known.front();
  for (std::size_t i = 1; i < node.known.size(); ++i) all = united(all, node.known[i]);
  return all;
}

void plan_known(plan& out) {
  for (auto& node : out.nodes) node.known.resize(node.inputs.size());
  for (const auto& node : out.nodes)
    for (port_number port = 0; port < node.outputs.size(); ++port) {
      if (!node.outputs[port]) continue;
      const graph_port to = out.edges[*node.outputs[port]].to;
      out.nodes[to.stage].known[to.port] = known_of(out, node, port);
    }
}

// Queues may take half of the pipeline's memory; the rest is for what stages hold.
void fit_memory(plan& out) {
  constexpr std::uint64_t least = 512 * 1024;
  std::uint64_t sum = 0;
  // What has no credit waits in a ring of the same size where it may be dropped.
  for (const auto& edge : out.edges)
    sum += edge.credit.bytes.bytes * (edge.full == when_full::block ? 1 : 2);
  const std::uint64_t allowed = out.what.memory.bytes / 2;
  if (sum <= allowed) return;
  const double share = static_cast<double>(allowed) / static_cast<double>(sum);
  for (auto& edge : out.edges) {
    const auto scaled =
        static_cast<std::uint64_t>(static_cast<double>(edge.credit.bytes.bytes) * share);
    edge.credit.bytes.bytes = std::min(edge.credit.bytes.bytes, std::max(scaled, least));
  }
}

}  // namespace

void sort_nodes(plan& out) {
  const auto count = static_cast<std::uint32_t>(out.nodes.size());
  std::vector<std::size_t> missing(count);
  for (std::uint32_t n = 0; n < count; ++n) missing[n] = out.nodes[n].inputs.size();
  std::vector<std::uint32_t> order;
  std::vector<bool> placed(count);
  while (order.size() < count) {
    const std::size_t before = order.size();
    for (std::uint32_t n = 0; n < count; ++n) {
      if (placed[n] || missing[n] > 0) continue;
      placed[n] = true;
      order.push_back(n);
      for (const auto& edge : out.nodes[n].outputs)
        if (edge) --missing[out.edges[*edge].to.stage];
    }
    WEIR_CHECK(order.size() > before, "a plan for a graph with a cycle");
  }
  std::vector<std::uint32_t> number(count);
  std::vector<plan_node> sorted;
  for (std::uint32_t i = 0; i < count; ++i) {
    number[order[i]] = i;
    sorted.push_back(std::move(out.nodes[order[i]]));
  }
  out.nodes = std::move(sorted);
  for (auto& edge : out.edges) {
    edge.from.stage = number[edge.from.stage];
    edge.to.stage = number[edge.to.stage];
  }
}

plan make_plan(graph what) {
  plan out;
  out.what = std::move(what);
  planner(out).build();
  sort_nodes(out);
  plan_columns(out);
  plan_known(out);
  fit_memory(out);
  widen_joins(out);
  return out;
}

plan plan_run(graph what, unsigned threads) {
  WEIR_CHECK(threads > 0, "a plan for no thread");
  plan out = make_plan(std::move(what));
  assign_workers(out, threads);
  fuse_stages(out, threads);
  share_work(out);
  sort_nodes(out);
  return out;
}

}  // namespace weir
