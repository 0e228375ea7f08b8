#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <utility>

#include "runtime/executor/supervisor.hpp"

// What a supervisor tells of its run.

namespace weir {

std::vector<edge_report> supervisor::edge_reports() const {
  std::vector<edge_report> reports;
  std::vector<std::uint64_t> forwarded(run_.planned.edges.size());
  for (const auto& edge : run_.planned.edges) {
    edge_report report;
    report.from = edge.from_name;
    report.to = edge.to_name;
    report.credit_chunks = edge.credit.chunks;
    reports.push_back(std::move(report));
  }
  for (const auto& status : statuses_)
    for (const auto& output : status.outputs) {
      edge_report& report = reports[output.edge];
      report.sent = output.ledger.sent;
      report.dropped = output.ledger.dropped;
      report.discarded = output.ledger.discarded;
      report.chunks = output.ledger.chunks;
      forwarded[output.edge] = output.ledger.forwarded;
      report.queued = output.ledger.parked;
    }
  for (const auto& status : statuses_)
    for (const auto& input : status.inputs) {
      edge_report& report = reports[input.edge];
      // The sides are looked at one after the other, and one that was left behind not at all: what
      // has arrived was sent.
      const std::uint64_t missed =
          input.ledger.arrived - std::min(input.ledger.arrived, forwarded[input.edge]);
      report.sent += missed;
      forwarded[input.edge] += missed;
      report.received = input.ledger.received;
      report.discarded += input.ledger.discarded;
      // What was forwarded and has not been received or discarded is queued or under way.
      report.queued += forwarded[input.edge] - input.ledger.received - input.ledger.discarded;
      report.credit_chunks = input.capacity.chunks;
    }
  return reports;
}

// Who holds how much memory as of the last look, the most first; empty if nobody does.
std::string supervisor::holders() const {
  constexpr std::size_t told_most = 5;
  std::vector<std::pair<std::uint64_t, std::string>> all;
  const auto add = [&](std::uint64_t bytes, std::string who) {
    if (bytes > 0) all.emplace_back(bytes, std::move(who));
  };
  for (const auto& status : statuses_) {
    add(status.figures.state.bytes, fmt::format("stage '{}'", status.figures.name));
    for (const auto& follower : status.followers)
      add(follower.figures.state.bytes, fmt::format("stage '{}'", follower.figures.name));
    for (const auto& input : status.inputs) {
      const plan_edge& edge = run_.planned.edges[input.edge];
      add(input.queued.bytes, fmt::format("the edge {} -> {}", edge.from_name, edge.to_name));
    }
  }
  std::sort(all.begin(), all.end(), std::greater<>());
  all.resize(std::min(all.size(), told_most));
  std::string text;
  for (const auto& [bytes, who] : all)
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", who, to_text(byte_size{bytes}));
  return text;
}

void supervisor::check_balance(run_report& report) const {
  for (const auto& edge : report.edges)
    if (!edge.balances() || edge.queued != 0)
      report.imbalances.push_back(fmt::format(
          "edge {} -> {}: sent {}, received {}, dropped {}, discarded {}, still queued {}",
          edge.from, edge.to, edge.sent, edge.received, edge.dropped, edge.discarded, edge.queued));
  const auto note = [&](const std::string& stage, const std::optional<std::string>& imbalance) {
    if (imbalance) report.imbalances.push_back(fmt::format("stage '{}': {}", stage, *imbalance));
  };
  for (std::size_t node = 0; node < statuses_.size(); ++node) {
    note(run_.planned.nodes[node].name, statuses_[node].imbalance);
    for (const auto& follower : statuses_[node].followers)
      note(follower.figures.name, follower.imbalance);
  }
}

run_report supervisor::report() const {
  run_report report;
  report.pipeline = run_.planned.what.name;
  report.failure = failure_;
  report.stall = stall_;
  report.isolated = isolated_;
  report.stages.resize(run_.planned.what.stages.size());
  for (auto& stage : report.stages) stage.instances = 0;
  for (std::size_t node = 0; node < statuses_.size(); ++node) {
    const plan_node& about = run_.planned.nodes[node];
    if (about.what != plan_node::role::stage) continue;
    stage_report& figures = report.stages[about.stage];
    figures.add(statuses_[node].figures);
    figures.name = about.name;
    figures.type = run_.planned.stage_of(about).type->name;
    for (std::size_t i = 0; i < statuses_[node].followers.size(); ++i) {
      const auto& follower = statuses_[node].followers[i];
      stage_report& of = report.stages[follower.stage];
      if (about.followers[i].prepares) {
        of.busy += follower.figures.busy;
        ++of.instances;
        continue;
      }
      of.add(follower.figures);
      of.name = follower.figures.name;
      of.type = run_.planned.what.stages[follower.stage].type->name;
    }
    if (left_behind_[node]) report.unfinished.push_back({about.name, statuses_[node].call});
  }
  report.edges = edge_reports();
  report.wall = ended() ? took_ : run_.time.now() - began_;
  report.memory_peak = run_.budget.peak();
  report.asked_to_end = drain_asked_ || abort_asked_;
  if (!ended()) return report;
  report.outcome = failure_       ? run_outcome::failed
                   : abort_asked_ ? run_outcome::aborted
                   : cut_short_   ? run_outcome::drained
                                  : run_outcome::complete;
  if (report.unfinished.empty()) check_balance(report);
  return report;
}

}  // namespace weir
