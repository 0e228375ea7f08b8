#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/graph/graph.hpp"

namespace weir {

/// What an executor runs: a stage of the graph, or a fork or merge that its edges ask for.
struct plan_node {
  enum class role : std::uint8_t { stage, fork, merge };

  role what = role::stage;
  std::string name;
  std::uint32_t stage = 0;      ///< in the graph; of a fork or merge, the stage it stands at
  std::vector<edge_id> inputs;  ///< by input port
  /// By output port, `rejected` (of a stage) last; none where nobody reads.
  std::vector<std::optional<edge_id>> outputs;
  std::vector<column_demand> demand;  ///< by output port: what is wanted of its records
  std::vector<known_columns> known;   ///< by input port: what is known of its records' columns
  input_order order = input_order::any;
  ledger_kind ledger = ledger_kind::passes;
  bool holds_nothing = true;  ///< answers each chunk with a chunk or a progress mark
};

/// One producer, one consumer.
struct plan_edge {
  graph_port from;  ///< of nodes
  graph_port to;
  credit_limits credit;
  when_full full = when_full::block;
  std::uint32_t ring_chunks = 8;  ///< how many chunks wait where `full` drops; bytes as in `credit`
  std::string from_name;          ///< `stage.port`
  std::string to_name;
};

/// What a user should know of a plan before it runs.
struct plan_warning {
  std::uint32_t stage = 0;  ///< of the graph
  std::string text;
};

/// A graph made ready: forks and merges put in, credit settled, columns wanted worked out.
struct plan {
  graph what;
  std::vector<plan_node> nodes;  ///< each behind all it reads from
  std::vector<plan_edge> edges;
  /// What the plan did that a user may want to know: edges that were widened.
  std::vector<std::string> notes;
  /// Joins that no finite credit keeps from stalling.
  std::vector<plan_warning> warnings;

  const graph_stage& stage_of(const plan_node& node) const { return what.stages[node.stage]; }
};

/// Requires: the graph has no cycle, every port of an edge exists and every input has an edge.
plan make_plan(graph what);

}  // namespace weir
