#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "runtime/executor/supervisor.hpp"
#include "runtime/supervision/restart_policy.hpp"

// How a supervisor finds a stall, and what it does about it.

namespace weir {
namespace {

// A node by the names that its user knows.
stalled_stage part_of(const plan_node& node) {
  stalled_stage told;
  told.name = node.name;
  if (node.what == plan_node::role::stage) {
    if (node.workers > 1) told.worker = node.worker + 1;
    for (const auto& follower : node.followers)
      if (!follower.prepares) told.runs_with.push_back(follower.name);
    return told;
  }
  // Its name is that of the port or the stage it stands at, with what it is behind it.
  const auto point = node.name.rfind('.');
  told.part = node.name.substr(point + 1);
  told.name.resize(point);
  return told;
}

}  // namespace

bool supervisor::unchanged(std::uint32_t node) const {
  const shell_status& now = statuses_[node];
  const shell_status& last = before_[node];
  // In the first round there is none before it.
  if (now.round != last.round + 1 || last.round == 0 || now.calls != last.calls) return false;
  for (std::size_t i = 0; i < now.inputs.size(); ++i)
    if (now.inputs[i].arrived != last.inputs[i].arrived) return false;
  for (std::size_t i = 0; i < now.outputs.size(); ++i)
    if (now.outputs[i].sent != last.outputs[i].sent) return false;
  return true;
}

// Whether a message of an edge is on its way to the node. Statuses of two rounds that agree hold
// for the moment between the rounds, so what one side has sent and the other not seen was under way
// then.
bool supervisor::under_way(std::uint32_t node) const {
  const auto at = [](const auto& list, edge_id edge) {
    return std::find_if(list.begin(), list.end(), [&](const auto& x) { return x.edge == edge; });
  };
  for (const auto& input : statuses_[node].inputs) {
    const auto& producer = statuses_[run_.planned.edges[input.edge].from.stage];
    const auto output = at(producer.outputs, input.edge);
    if (output == producer.outputs.end() || output->sent.chunks != input.arrived.chunks ||
        output->ended != input.ended)
      return true;
  }
  for (const auto& output : statuses_[node].outputs) {
    // What the reader of an ended edge grants is told to nobody.
    if (output.ended) continue;
    const auto& consumer = statuses_[run_.planned.edges[output.edge].to.stage];
    const auto input = at(consumer.inputs, output.edge);
    const bool stop_sent = input != consumer.inputs.end() && input->stopped && !input->ended;
    if (input == consumer.inputs.end() || input->granted != output.limit ||
        (stop_sent && !output.stopped))
      return true;
  }
  return false;
}

void supervisor::look_for_stall() {
  std::vector<stage_wait> waits;
  std::vector<std::string> names;
  for (std::uint32_t node = 0; node < statuses_.size(); ++node) {
    waits.push_back(statuses_[node].wait);
    if (!unchanged(node) || under_way(node)) waits.back() = {};
    names.push_back(run_.planned.nodes[node].name);
  }
  std::vector<stall_edge> edges;
  for (const auto& edge : run_.planned.edges)
    edges.push_back({edge.from.stage, edge.to.stage, edge.credit,
                     fmt::format("{} -> {}", edge.from_name, edge.to_name)});
  for (const auto& status : statuses_)
    for (const auto& input : status.inputs) edges[input.edge].capacity = input.capacity;
  if (const auto found = find_stall(waits, edges, names)) return resolve(*found);
  // Who gave a waker away may never be woken. More room is safe then where it would help; a failure
  // is not, for only a certain stall is one.
  for (auto& wait : waits) wait.may_be_woken = false;
  const auto likely = find_stall(waits, edges, names);
  if (likely && likely->widen && has_memory()) resolve(*likely);
}

bool supervisor::has_memory() const { return run_.budget.held() < run_.budget.most(); }

void supervisor::resolve(const stall& found) {
  if (found.widen && has_memory()) {
    const plan_edge& edge = run_.planned.edges[*found.widen];
    credit_limits limits = found.limits;
    const std::uint64_t left = run_.budget.most().bytes - run_.budget.held().bytes;
    limits.bytes.bytes = std::min(limits.bytes.bytes, found.capacity.bytes.bytes + left);
    event(run_event::kind::widened, run_.planned.nodes[edge.to.stage].name,
          fmt::format("stalled for {}: {}; the edge {} -> {} now has {} chunks of credit",
                      wait_text(run_.time.now() - found.since), found.told, edge.from_name,
                      edge.to_name, limits.chunks));
    links_.command(edge.to.stage, widen_input{*found.widen, limits});
    return;
  }
  stall_ = report_of(found);
  stage_failure why;
  why.stage = run_.planned.nodes[found.stages.front()].name;
  why.cause.code = "stalled";
  why.cause.text =
      has_memory()
          ? fmt::format("the pipeline is stalled and no credit would help: {}", found.told)
          : fmt::format("the pipeline is stalled and holds {} of 'memory: {}': {}",
                        to_text(run_.budget.held()), to_text(run_.budget.most()), found.told);
  why.history = stall_lines(*stall_);
  fail(std::move(why));
}

// The stages of the cycle first, and all edges that are waited on or lie between stalled stages.
stall_report supervisor::report_of(const stall& found) const {
  stall_report report;
  std::vector<std::uint32_t> nodes = found.cycle;
  for (const auto node : found.stages)
    if (std::find(found.cycle.begin(), found.cycle.end(), node) == found.cycle.end())
      nodes.push_back(node);
  const auto number_of = [&](std::uint32_t node) -> std::optional<std::size_t> {
    const auto at = std::find(nodes.begin(), nodes.end(), node);
    if (at == nodes.end()) return std::nullopt;
    return static_cast<std::size_t>(at - nodes.begin());
  };
  std::map<edge_id, std::size_t> numbers;  // in the report
  for (edge_id edge = 0; edge < run_.planned.edges.size(); ++edge) {
    const plan_edge& about = run_.planned.edges[edge];
    stalled_edge told{about.from_name, about.to_name, number_of(about.from.stage),
                      number_of(about.to.stage)};
    if (about.from.stage == about.to.stage) continue;  // between stages that are one
    if (!told.producer && !told.consumer) continue;
    for (const auto& input : statuses_[about.to.stage].inputs)
      if (input.edge == edge) {
        told.queued = input.queued;
        told.credit = input.capacity;
      }
    const bool is_waited_on = std::any_of(nodes.begin(), nodes.end(), [&](std::uint32_t node) {
      const auto& on = statuses_[node].wait.edges;
      return std::find(on.begin(), on.end(), edge) != on.end();
    });
    if (!is_waited_on && !(told.producer && told.consumer)) continue;
    numbers[edge] = report.edges.size();
    report.edges.push_back(std::move(told));
  }
  const time_point now = run_.time.now();
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const stage_wait& wait = statuses_[nodes[i]].wait;
    stalled_stage told = part_of(run_.planned.nodes[nodes[i]]);
    told.in_cycle = i < found.cycle.size();
    told.wants_room = wait.what == stage_wait::kind::blocked;
    told.any = wait.any;
    told.waited = now - wait.since;
    for (const auto edge : wait.edges) told.edges.push_back(numbers.at(edge));
    report.stages.push_back(std::move(told));
  }
  return report;
}

}  // namespace weir
