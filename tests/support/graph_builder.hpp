#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "runtime/graph/graph.hpp"

namespace weir::testing {

/// A stage made to order for a test of executors: its declaration in a few words, and a function
/// that makes its instances.
struct made_stage {
  std::string name;
  stage_kind kind = stage_kind::transform;
  std::vector<std::string> inputs = {"in"};
  std::vector<std::string> outputs = {"out"};
  ledger_kind ledger = ledger_kind::passes;
  input_order order = input_order::any;
  hold_bound hold{};
  std::function<configured_stage::instance()> make;
  credit_limits credit{};
  when_full full = when_full::block;
  /// How many instances may share its work, and how many shall.
  unsigned workers_most = 1;
  bool never_waits = false;
  bool cheap = false;
  std::optional<unsigned> workers{};
  bool ordered = true;
  /// Whether a new instance can go on where one failed, and whether it shall.
  after_failure failed = after_failure::loses_state;
  failure_policy on_failure{};
  std::optional<nanoseconds> max_duration{};
  std::optional<std::chrono::nanoseconds> timeout{};
  bool follows_restarts = false;
  /// Makes instances that share an input; by default each for itself.
  std::function<std::vector<configured_stage::instance>(unsigned)> make_workers{};
  /// Of a sink that others may work ahead for: it, and so many of them.
  std::function<std::vector<configured_stage::instance>(unsigned)> make_prepared{};
  /// What it wants of an input; by default everything.
  std::function<column_demand(const std::vector<column_demand>& below)> wants;
  /// What is known of its outputs; by default nothing.
  std::function<known_columns(const std::vector<known_columns>& in)> makes;
};

/// The stage, ready to share a shell with the stage that it reads from.
made_stage fused(made_stage stage);

/// Puts graphs together without a pipeline file.
class graph_builder {
 public:
  explicit graph_builder(std::string name = "test") { graph_.name = std::move(name); }

  /// Answers the stage's number.
  std::uint32_t add(made_stage stage);
  graph_builder& connect(std::uint32_t from, std::uint32_t to, port_number from_port = 0,
                         port_number to_port = 0);
  graph_builder& connect_rejected(std::uint32_t from, std::uint32_t to);
  graph_builder& memory(byte_size most);
  graph_builder& drain_budget(std::chrono::nanoseconds budget);
  graph finish() { return graph_; }

 private:
  graph graph_;
};

}  // namespace weir::testing
