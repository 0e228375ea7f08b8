#include "runtime/graph/fuse_stages.hpp"

#include <fmt/format.h>

#include <optional>
#include <utility>
#include <vector>

namespace weir {
namespace {

class fusing {
 public:
  fusing(plan& out, unsigned threads) : out_(out), threads_(threads) {
    for (std::uint32_t n = 0; n < out.nodes.size(); ++n) home_.push_back(n);
  }

  void run() {
    for (std::uint32_t n = 0; n < out_.nodes.size(); ++n)
      if (may_follow(n)) fuse(n);
    for (std::uint32_t n = 0; n < out_.nodes.size(); ++n)
      if (home_[n] == n && may_be_prepared(n)) prepare(n);
    remove_empty();
  }

 private:
  bool is_alone(const graph_stage& stage) const {
    // An edge that drops is one that somebody asked for.
    return stage.full != when_full::block || !stage.configured->never_waits() || may_be_cut(stage);
  }

  // What is cut off, and what stays, are nodes.
  static bool may_be_cut(const graph_stage& stage) {
    return stage.on_failure.action == failure_action::isolate;
  }

  const graph_stage& last_stage(const plan_node& node) const {
    return out_.what.stages[node.followers.empty() ? node.stage : node.followers.back().stage];
  }

  // The first output of the last stage in the node.
  static std::size_t first_output(const plan_node& node) {
    return node.followers.empty() ? 0 : node.followers.back().first_output;
  }

  // The node that the first input is read from, as far as fusing has come.
  std::uint32_t home_above(const plan_node& node) const {
    return home_[out_.edges[node.inputs[0]].from.stage];
  }

  // Whether the node's stage reads the only output of the last stage of another node, and what is
  // put behind that one could be called with it.
  bool reads_last(const plan_node& node) const {
    if (node.what != plan_node::role::stage || node.inputs.size() != 1) return false;
    const plan_node& above = out_.nodes[home_above(node)];
    const port_number port = out_.edges[node.inputs[0]].from.port;
    if (above.what != plan_node::role::stage || port != first_output(above)) return false;
    return last_stage(above).configured->outputs().size() == 1 && !may_be_cut(last_stage(above)) &&
           out_.stage_of(above).configured->never_waits();
  }

  bool may_follow(std::uint32_t n) {
    plan_node& node = out_.nodes[n];
    if (!reads_last(node)) return false;
    const graph_stage& stage = out_.stage_of(node);
    const plan_node& above = out_.nodes[home_above(node)];
    if (is_alone(stage)) return false;
    if (above.workers > 1 && !stage.workers && workers_most(stage) >= above.workers)
      node.workers = above.workers;
    if (node.workers != above.workers) return false;
    return threads_ == 1 || node.workers > 1 || stage.type->cheap;
  }

  void fuse(std::uint32_t n) {
    plan_node& node = out_.nodes[n];
    const edge_id above = node.inputs[0];
    const std::uint32_t home = home_above(node);
    plan_node& into = out_.nodes[home];
    home_[n] = home;
    into.outputs[first_output(into)].reset();
    plan_follower follower;
    static_cast<plan_member&>(follower) = std::move(static_cast<plan_member&>(node));
    follower.above = above;
    follower.first_output = static_cast<std::uint32_t>(into.outputs.size());
    follower.ports = static_cast<port_number>(node.outputs.size() - 1);
    for (port_number port = 0; port < node.outputs.size(); ++port) {
      if (node.outputs[port])
        out_.edges[*node.outputs[port]].from = {home, follower.first_output + port};
      into.outputs.push_back(node.outputs[port]);
    }
    out_.edges[above].from.stage = out_.edges[above].to.stage = home;
    into.followers.push_back(std::move(follower));
  }

  // A sink sees all records in order; but what it writes of each chunk can be made by the workers
  // of the stage above, side by side: unless it may need the records themselves, to be rejected or
  // to be tried in smaller chunks.
  bool may_be_prepared(std::uint32_t n) const {
    const plan_node& node = out_.nodes[n];
    if (!reads_last(node) || out_.nodes[home_above(node)].workers == 1) return false;
    const graph_stage& stage = out_.stage_of(node);
    const bool is_called_again = stage.on_failure.action == failure_action::restart &&
                                 stage.type->failed == after_failure::rolls_back;
    return stage.configured->prepares() && !stage.follows_restarts &&
           (is_called_again || !begins_anew(stage.on_failure));
  }

  void prepare(std::uint32_t n) {
    const plan_node& sink = out_.nodes[n];
    const edge_id below = sink.inputs[0];
    const std::uint32_t home = home_above(sink);
    plan_node& into = out_.nodes[home];
    plan_follower ahead;
    ahead.prepares = true;
    ahead.name = sink.name;
    ahead.stage = sink.stage;
    ahead.known = sink.known;
    ahead.ports = 1;
    ahead.demand.resize(2);
    ahead.above = static_cast<edge_id>(out_.edges.size());
    ahead.first_output = static_cast<std::uint32_t>(into.outputs.size());
    plan_edge above = out_.edges[below];
    above.to_name = fmt::format("{}.prepared", sink.name);
    above.from.stage = above.to.stage = home;
    out_.edges[below].from = {home, ahead.first_output};
    into.outputs[first_output(into)].reset();
    into.outputs.insert(into.outputs.end(), {below, std::nullopt});
    into.followers.push_back(std::move(ahead));
    out_.edges.push_back(std::move(above));
  }

  void remove_empty() {
    std::vector<std::uint32_t> number(out_.nodes.size());
    std::vector<plan_node> left;
    for (std::uint32_t n = 0; n < out_.nodes.size(); ++n) {
      number[n] = static_cast<std::uint32_t>(left.size());
      if (home_[n] == n) left.push_back(std::move(out_.nodes[n]));
    }
    out_.nodes = std::move(left);
    for (auto& edge : out_.edges) {
      edge.from.stage = number[edge.from.stage];
      edge.to.stage = number[edge.to.stage];
    }
  }

  plan& out_;
  unsigned threads_;
  std::vector<std::uint32_t> home_;  // the node that a node's stage is now in
};

}  // namespace

void fuse_stages(plan& out, unsigned threads) { fusing(out, threads).run(); }

}  // namespace weir
