#include "runtime/supervision/stall.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <tuple>

#include "runtime/base/check.hpp"

namespace weir {
namespace {

using kind = stage_wait::kind;

/// The waits of a run as a graph from the waiting to the awaited.
class waits_graph {
 public:
  waits_graph(std::span<const stage_wait> waits, std::span<const stall_edge> edges)
      : waits_(waits), edges_(edges), waiters_(waits.size()), moves_(waits.size(), false) {
    for (std::uint32_t stage = 0; stage < waits.size(); ++stage)
      if (waiting(stage))
        for (const edge_id edge : waits[stage].edges)
          waiters_[awaited(stage, edge)].push_back(stage);
  }

  /// Marks all stages that can go on, each once, from those that need nobody.
  void spread() {
    std::vector<std::uint32_t> fresh;
    const auto reach = [&](std::uint32_t stage) {
      moves_[stage] = true;
      fresh.push_back(stage);
    };
    std::vector<std::size_t> missing(waits_.size(), 0);
    for (std::uint32_t stage = 0; stage < waits_.size(); ++stage) {
      const stage_wait& wait = waits_[stage];
      missing[stage] = wait.what == kind::starved && wait.any ? 1 : wait.edges.size();
      if (wait.may_be_woken || (!waiting(stage) && wait.what != kind::done)) reach(stage);
    }
    while (!fresh.empty()) {
      const std::uint32_t moving = fresh.back();
      fresh.pop_back();
      for (const std::uint32_t stage : waiters_[moving])
        if (!moves_[stage] && --missing[stage] == 0) reach(stage);
    }
  }

  bool waiting(std::uint32_t stage) const {
    return waits_[stage].what == kind::blocked || waits_[stage].what == kind::starved;
  }
  bool stalled(std::uint32_t stage) const { return waiting(stage) && !moves_[stage]; }
  std::uint32_t awaited(std::uint32_t stage, edge_id edge) const {
    WEIR_CHECK(edge < edges_.size(), "a stage waits on an edge that is not there");
    const std::uint32_t other =
        waits_[stage].what == kind::blocked ? edges_[edge].consumer : edges_[edge].producer;
    WEIR_CHECK(other < waits_.size(), "an edge of a stage that is not there");
    return other;
  }

  struct step {
    std::uint32_t stage;
    edge_id edge;
  };
  /// The shortest way of waits from `first` back to itself; empty if there is none.
  std::vector<step> cycle(std::uint32_t first) const {
    std::vector<std::optional<step>> reached_by(waits_.size());
    std::vector<std::uint32_t> line{first};
    for (std::size_t at = 0; at < line.size(); ++at) {
      const std::uint32_t stage = line[at];
      for (const edge_id edge : waits_[stage].edges) {
        const std::uint32_t next = awaited(stage, edge);
        if (!stalled(next) || reached_by[next]) continue;
        reached_by[next] = step{stage, edge};
        if (next == first) return way_back(reached_by, first);
        line.push_back(next);
      }
    }
    return {};
  }

 private:
  static std::vector<step> way_back(const std::vector<std::optional<step>>& reached_by,
                                    std::uint32_t first) {
    std::vector<step> steps;
    std::uint32_t at = first;
    do {
      steps.push_back(*reached_by[at]);
      at = steps.back().stage;
    } while (at != first);
    std::reverse(steps.begin(), steps.end());
    return steps;
  }

  std::span<const stage_wait> waits_;
  std::span<const stall_edge> edges_;
  std::vector<std::vector<std::uint32_t>> waiters_;  ///< by awaited stage
  std::vector<bool> moves_;
};

template <class Number>
Number twice(Number value) {
  constexpr Number most = std::numeric_limits<Number>::max();
  if (value == 0) return 1;
  return value > most / 2 ? most : static_cast<Number>(value * 2);
}

std::string tell(const stage_wait& wait, const std::string& stage, const std::string& edge) {
  return fmt::format("'{}' waits for {} {}", stage,
                     wait.what == kind::blocked ? "room on" : "input from", edge);
}

}  // namespace

std::optional<stall> find_stall(std::span<const stage_wait> waits,
                                std::span<const stall_edge> edges,
                                std::span<const std::string> names) {
  WEIR_CHECK(names.size() == waits.size(), "a stage without a name");
  waits_graph graph(waits, edges);
  graph.spread();

  stall found;
  std::vector<waits_graph::step> cycle;
  for (std::uint32_t stage = 0; stage < waits.size(); ++stage) {
    if (!graph.stalled(stage)) continue;
    found.stages.push_back(stage);
    auto way = graph.cycle(stage);
    if (!way.empty() && (cycle.empty() || way.size() < cycle.size())) cycle = std::move(way);
  }
  if (found.stages.empty()) return std::nullopt;

  const auto size = [&](edge_id edge) {
    return std::tuple(edges[edge].capacity.bytes, edges[edge].capacity.chunks, edge);
  };
  for (const auto& [stage, edge] : cycle) found.cycle.push_back(stage);
  for (const std::uint32_t stage : cycle.empty() ? found.stages : found.cycle)
    found.since = std::max(found.since, waits[stage].since);
  for (const auto& [stage, edge] : cycle) {
    if (!found.told.empty()) found.told += ", ";
    found.told += tell(waits[stage], names[stage], edges[edge].name);
    if (waits[stage].what != kind::blocked) continue;
    if (!found.widen || size(edge) < size(*found.widen)) found.widen = edge;
  }
  if (found.widen) {
    const credit_limits& now = edges[*found.widen].capacity;
    found.capacity = now;
    found.limits = {twice(now.chunks), byte_size{twice(now.bytes.bytes)}};
    return found;
  }
  if (!cycle.empty()) return found;

  // Every way of waits ends at a stage that has ended or that names no edge: somebody was not told
  // something, which is a bug of ours and has no cure but to be seen.
  for (const std::uint32_t stage : found.stages) {
    const stage_wait& wait = waits[stage];
    if (!found.told.empty()) found.told += ", ";
    if (wait.edges.empty())
      found.told += fmt::format("'{}' waits and names no edge", names[stage]);
    else
      found.told += tell(wait, names[stage], edges[wait.edges.front()].name);
  }
  return found;
}

}  // namespace weir
