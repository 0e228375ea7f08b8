#include "runtime/graph/reconvergence.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>

namespace weir {
namespace {

// The largest chunk a stage is likely to send; larger ones are left to the run.
constexpr std::uint64_t chunk_bytes_likely = 1024 * 1024;
// A hold told in records may come as one record a chunk.
constexpr std::uint64_t held_chunks_most = 1'000'000;

// What the stages on the way from a node to a join hold back, along the worst path.
struct held {
  std::uint64_t chunks = 0;
  bool unbounded = false;
  std::string path;  ///< names of the stages between, for messages
};

std::optional<held> worse(std::optional<held> a, std::optional<held> b) {
  if (!a) return b;
  if (!b) return a;
  if (a->unbounded != b->unbounded) return a->unbounded ? a : b;
  return a->chunks >= b->chunks ? a : b;
}

// A way that goes on over an edge above it: one that drops changes the number of records.
held across(const plan_edge& edge, held way) {
  if (edge.full == when_full::block) return way;
  way.unbounded = true;
  if (way.path.empty()) way.path = fmt::format("what '{}' drops", edge.to_name);
  return way;
}

// For every node, what is held between it and one input of a join; none where no way leads there.
std::vector<std::optional<held>> held_above(const plan& in, edge_id into) {
  std::vector<std::optional<held>> found(in.nodes.size());
  const auto producer = in.edges[into].from.stage;
  found[producer] = across(in.edges[into], {});
  // Nodes stand behind what they read from, so one walk backwards sees each after all below it.
  for (auto n = static_cast<std::size_t>(producer) + 1; n-- > 0;) {
    if (!found[n]) continue;
    const plan_node& node = in.nodes[n];
    held through = *found[n];
    if (node.what == plan_node::role::stage) {
      const graph_stage& stage = in.stage_of(node);
      const hold_bound bound = stage.configured->hold();
      const bool selects = stage.type->selective() || stage.configured->outputs().size() > 1;
      if (bound.what == hold_bound::kind::all || selects) through.unbounded = true;
      through.chunks = std::min(through.chunks + bound.count, held_chunks_most);
      through.path = through.path.empty() ? fmt::format("'{}'", stage.name)
                                          : fmt::format("'{}', {}", stage.name, through.path);
    }
    for (const edge_id input : node.inputs) {
      auto& above = found[in.edges[input].from.stage];
      above = worse(above, across(in.edges[input], through));
    }
  }
  return found;
}

// Whether two different ways out of a node lead to two inputs of a join: only there do paths part.
bool parts(const plan& in, std::size_t node, edge_id slow,
           const std::vector<std::optional<held>>& above_slow, edge_id sibling,
           const std::vector<std::optional<held>>& above_sibling) {
  const auto leads = [&](edge_id out, edge_id input, const auto& above) {
    return out == input || above[in.edges[out].to.stage].has_value();
  };
  const auto& outputs = in.nodes[node].outputs;
  for (const auto& a : outputs)
    for (const auto& b : outputs)
      if (a && b && *a != *b && leads(*a, slow, above_slow) && leads(*b, sibling, above_sibling))
        return true;
  return false;
}

// What is held on a way that begins at a node. A fork gives everything to each way; a stage gives
// each record to one of its ports, so that its ways do not keep pace.
held below_parting(const plan& in, std::size_t node, held way) {
  if (in.nodes[node].what != plan_node::role::stage) return way;
  way.unbounded = true;
  way.path = fmt::format("'{}'{}{}", in.nodes[node].name, way.path.empty() ? "" : ", ", way.path);
  return way;
}

// By the name a user knows: of a fork, the port that it stands at.
std::string parting_name(const plan& in, std::size_t node) {
  const plan_node& about = in.nodes[node];
  return about.what == plan_node::role::fork ? in.edges[about.inputs[0]].from_name : about.name;
}

// What queues may take together, of which half was given to all edges alike.
std::uint64_t bytes_left(const plan& in) {
  std::uint64_t given = 0;
  for (const auto& edge : in.edges) given += edge.credit.bytes.bytes;
  return in.what.memory.bytes - std::min(in.what.memory.bytes, given);
}

// Gives the edge room for what the way beside it holds back, as far as `memory` allows.
void widen(plan& out, edge_id number, const held& beside) {
  const std::uint64_t wished = beside.chunks * chunk_bytes_likely;
  const std::uint64_t bytes = std::min(wished, bytes_left(out));
  plan_edge& edge = out.edges[number];
  edge.credit.chunks += static_cast<std::uint32_t>(beside.chunks);
  edge.credit.bytes.bytes += bytes;
  out.notes.push_back(fmt::format(
      "the edge {} -> {} has {} chunks of credit, because the path through {} holds back {}{}",
      edge.from_name, edge.to_name, edge.credit.chunks, beside.path, beside.chunks,
      bytes == wished ? std::string()
                      : fmt::format("; of large ones 'memory' leaves room for {}",
                                    to_text(edge.credit.bytes))));
}

// The way beside a slow one: by the stages on it, or by where it comes from if there are none.
std::string way_beside(const plan& in, edge_id input, const held& way) {
  return way.path.empty() ? fmt::format("from '{}'", in.edges[input].from_name)
                          : fmt::format("through {}", way.path);
}

}  // namespace

void widen_joins(plan& out) {
  for (const auto& join : out.nodes) {
    if (join.order == input_order::any || join.inputs.size() < 2) continue;
    std::vector<std::vector<std::optional<held>>> above;
    for (const edge_id input : join.inputs) above.push_back(held_above(out, input));
    for (std::size_t slow = 0; slow < join.inputs.size(); ++slow)
      for (std::size_t sibling = 0; sibling < join.inputs.size(); ++sibling) {
        if (slow == sibling) continue;
        std::optional<held> worst;
        std::string from;
        std::string beside;
        for (std::size_t n = 0; n < out.nodes.size(); ++n) {
          if (!above[slow][n] || !above[sibling][n]) continue;
          if (!parts(out, n, join.inputs[slow], above[slow], join.inputs[sibling], above[sibling]))
            continue;
          const auto before = worst;
          worst = worse(worst, below_parting(out, n, *above[slow][n]));
          if (before && worst->path == before->path) continue;
          from = parting_name(out, n);
          beside = way_beside(out, join.inputs[sibling], *above[sibling][n]);
        }
        if (!worst) continue;
        if (worst->unbounded)
          out.warnings.push_back(
              {join.stage,
               fmt::format(
                   "it reads two paths from '{}'; the one through {} may hold back or "
                   "change the number of records, so the other, {}, may fill up to 'memory'",
                   from, worst->path, beside)});
        if (worst->chunks > 0) widen(out, join.inputs[sibling], *worst);
      }
  }
}

}  // namespace weir
