#include "tests/support/graph_builder.hpp"

#include <utility>

namespace weir::testing {
namespace {

class configured_made_stage final : public configured_stage {
 public:
  explicit configured_made_stage(made_stage about) : about_(std::move(about)) {}

  std::vector<std::string> inputs() const override { return about_.inputs; }
  std::vector<std::string> outputs() const override { return about_.outputs; }
  std::vector<expression_use> expressions() const override { return {}; }
  std::vector<column_path> columns() const override { return {}; }
  bool rejects() const override { return false; }
  hold_bound hold() const override { return about_.hold; }
  known_columns known(port_number, const std::vector<known_columns>& in) const override {
    return about_.makes ? about_.makes(in) : known_columns();
  }
  column_demand demand(port_number, const std::vector<column_demand>& below) const override {
    return about_.wants ? about_.wants(below) : column_demand::everything();
  }
  std::vector<std::string> files_read() const override { return {}; }
  std::vector<std::string> files_written() const override { return {}; }
  instance make() const override { return about_.make(); }
  bool never_waits() const override { return about_.never_waits; }
  unsigned workers_most() const override { return about_.workers_most; }
  std::vector<instance> make_workers(unsigned count) const override {
    return about_.make_workers ? about_.make_workers(count) : configured_stage::make_workers(count);
  }

  bool prepares() const override { return about_.make_prepared != nullptr; }
  std::vector<instance> make_prepared(unsigned count) const override {
    return about_.make_prepared(count);
  }

 private:
  made_stage about_;
};

}  // namespace

made_stage fused(made_stage stage) {
  stage.never_waits = stage.cheap = true;
  return stage;
}

std::uint32_t graph_builder::add(made_stage stage) {
  if (stage.kind == stage_kind::source) stage.inputs.clear();
  if (stage.kind == stage_kind::sink) stage.outputs.clear();
  if (stage.kind != stage_kind::transform) stage.ledger = ledger_kind::creates;
  auto type = std::make_shared<stage_type>();
  type->name = stage.name;
  type->kind = stage.kind;
  type->inputs = stage.inputs;
  type->outputs = stage.outputs;
  type->order = stage.order;
  type->ledger = stage.ledger;
  type->hold = stage.hold;
  type->cheap = stage.cheap;
  type->failed = stage.failed;
  graph_stage added;
  added.name = stage.name;
  added.type = std::move(type);
  added.credit = stage.credit;
  added.full = stage.full;
  added.workers = stage.workers;
  added.ordered = stage.ordered;
  added.on_failure = stage.on_failure;
  added.max_duration = stage.max_duration;
  added.timeout = stage.timeout;
  added.follows_restarts = stage.follows_restarts;
  added.configured = std::make_shared<configured_made_stage>(std::move(stage));
  graph_.stages.push_back(std::move(added));
  return static_cast<std::uint32_t>(graph_.stages.size() - 1);
}

graph_builder& graph_builder::connect(std::uint32_t from, std::uint32_t to, port_number from_port,
                                      port_number to_port) {
  graph_.edges.push_back({{from, from_port}, {to, to_port}});
  return *this;
}

graph_builder& graph_builder::connect_rejected(std::uint32_t from, std::uint32_t to) {
  return connect(from, to, rejected_port(graph_.stages[from]));
}

graph_builder& graph_builder::memory(byte_size most) {
  graph_.memory = most;
  return *this;
}

graph_builder& graph_builder::drain_budget(std::chrono::nanoseconds budget) {
  graph_.drain_budget = budget;
  return *this;
}

}  // namespace weir::testing
