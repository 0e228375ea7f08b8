#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/base/byte_size.hpp"
#include "runtime/config/config_value.hpp"
#include "runtime/flow/credit.hpp"
#include "runtime/flow/outbound.hpp"
#include "runtime/graph/failure_policy.hpp"
#include "runtime/graph/rejected_keeper.hpp"
#include "runtime/stage/stage_type.hpp"

namespace weir {

/// As a stage's workers: one for each thread that runs the graph.
inline constexpr unsigned workers_by_threads = 0;

/// A stage as a pipeline names it.
struct graph_stage {
  std::string name;  ///< unique in the graph
  std::shared_ptr<const stage_type> type;
  std::shared_ptr<const configured_stage> configured;
  credit_limits credit;  ///< of each of its inputs
  when_full full = when_full::block;
  /// At most so many; none: as many as the plan finds useful.
  std::optional<unsigned> workers;
  bool ordered = true;  ///< what several workers give comes in the order of the input
  failure_policy on_failure;
  /// A call on records that takes longer has failed; none: as long as it takes.
  std::optional<nanoseconds> max_duration;
  /// Of a source: that it gives nothing for so long, while it could, is told.
  std::optional<std::chrono::nanoseconds> timeout;
  /// Begins anew with each stage above it that does: by `restart_strategy::rest_for_one`.
  bool follows_restarts = false;
  source_place place;
};

/// A port of a stage, by number in the order of `configured->outputs()` or `inputs()`.
struct graph_port {
  std::uint32_t stage = 0;
  port_number port = 0;
};

/// Records go from an output port to an input port. Two edges from one output: both get everything
/// (a fork). Two edges into one input: a merge, each edge's order kept.
struct graph_edge {
  graph_port from;  ///< `rejected_port(stage)` for the records the stage refuses
  graph_port to;
};

/// A pipeline, ready to be planned: what assembling a file or a program's own calls give.
struct graph {
  std::string name;
  std::vector<graph_stage> stages;
  std::vector<graph_edge> edges;
  byte_size memory = 1_GiB;                               ///< for all queues and all state together
  std::chrono::nanoseconds drain_budget{10'000'000'000};  ///< for a drain to finish by itself
  /// Gets the rejected records that no stage reads; none: they are only counted.
  std::shared_ptr<rejected_keeper> keeper = nullptr;
};

/// Whether records may be rejected by a policy that holds, whatever the stage itself rejects.
bool rejects_by_policy(const failure_policy& policy, const stage_type& type);

/// Whether the stage may reject records, by itself or by what its user says of its failures.
bool may_reject(const graph_stage& stage);

/// By stage, whether it reads what `of` gives, or what comes of that; not `of` itself.
std::vector<bool> stages_below(const std::vector<graph_edge>& edges, std::size_t stages,
                               std::uint32_t of);

/// The number of a stage's port `rejected`: the one behind its last output.
inline port_number rejected_port(const graph_stage& stage) {
  return static_cast<port_number>(stage.configured->outputs().size());
}

/// How many instances may share the stage's work. One of which state may be lost is alone: what its
/// workers have in common could not be put together any more. So is one that may be cut off, which
/// is cut off whole.
inline unsigned workers_most(const graph_stage& stage) {
  const bool loses = (begins_anew(stage.on_failure) || stage.follows_restarts) &&
                     stage.type->failed == after_failure::loses_state;
  const bool may_be_cut = stage.on_failure.action == failure_action::isolate;
  return loses || may_be_cut ? 1 : stage.configured->workers_most();
}

/// The name of an output port, `rejected` included.
std::string output_name(const graph_stage& stage, port_number port);

}  // namespace weir
