#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/graph/graph.hpp"

namespace weir {

/// What is known of one stage of a node.
struct plan_member {
  std::string name;
  std::uint32_t stage = 0;  ///< in the graph; of other roles, the stage the node stands at
  std::vector<column_demand> demand;  ///< by output port: what is wanted of its records
  std::vector<known_columns> known;   ///< by input port: what is known of its records' columns
  ledger_kind ledger = ledger_kind::passes;
  bool holds_nothing = true;  ///< answers each chunk with a chunk or a progress mark
  /// Not the stage itself, a sink, but what makes ahead what that writes.
  bool prepares = false;
};

/// A stage that shares a node with the one that it reads from.
struct plan_follower : plan_member {
  edge_id above = 0;               ///< what it reads, within the node
  std::uint32_t first_output = 0;  ///< of its own among the node's outputs
  port_number ports = 0;           ///< its outputs, `rejected` not counted
};

/// What an executor runs: a stage of the graph, or what its edges and workers ask for.
struct plan_node : plan_member {
  enum class role : std::uint8_t {
    stage,
    fork,      ///< gives everything to each of several readers
    merge,     ///< takes from several writers, as it comes
    dispatch,  ///< gives each chunk to one of several workers
    collect,   ///< takes from several workers, in the order of their turns
  };

  role what = role::stage;
  std::uint32_t worker = 0;     ///< which of the stage's workers, from 0
  std::uint32_t workers = 1;    ///< how many share the stage's work
  std::vector<edge_id> inputs;  ///< by input port
  /// By output port, `rejected` (of a stage) last; none where nobody reads or a follower does.
  /// Those of the followers behind them.
  std::vector<std::optional<edge_id>> outputs;
  input_order order = input_order::any;
  /// Stages fused behind the first, each reading the port 0 of the one before.
  std::vector<plan_follower> followers;

  /// Outputs of the first stage, `rejected` included.
  std::size_t own_outputs() const {
    return followers.empty() ? outputs.size() : followers.front().first_output;
  }
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

/// The plan of the stages as they are named: a node each.
/// Requires: the graph has no cycle, every port of an edge exists and every input has an edge.
plan make_plan(graph what);

/// The same, ready for so many threads: with workers, and with stages fused.
/// Requires: threads > 0.
plan plan_run(graph what, unsigned threads);

/// Brings the nodes into an order in which each stands behind all it reads from.
void sort_nodes(plan& out);

}  // namespace weir
