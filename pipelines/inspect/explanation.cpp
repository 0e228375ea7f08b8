#include "pipelines/inspect/explanation.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "pipelines/inspect/int_division.hpp"
#include "pipelines/inspect/planned_edge.hpp"
#include "runtime/base/text.hpp"

namespace weir {
namespace {

constexpr std::size_t paths_shown_max = 24;

class explainer {
 public:
  explainer(const plan& planned, const std::vector<problem>& found)
      : planned_(planned), of_(planned.what), flow_(planned.what), found_(found) {}

  explanation run(unsigned threads) {
    explanation made;
    made.pipeline = of_.name;
    made.threads = threads;
    const auto placing = placing_of_stages(planned_);
    for (std::uint32_t stage = 0; stage < of_.stages.size(); ++stage)
      made.stages.push_back(explained(stage, placing));
    for (const auto& edge : of_.edges) add_input(made, edge);
    made.usual_credit = usual_credit(made);
    made.paths = paths_to_sinks(planned_, paths_shown_max);
    made.queues = queues();
    made.memory = of_.memory;
    if (made.queues.bytes > made.memory.bytes)
      made.notes.push_back({"queues-over-memory",
                            {},
                            "queues may hold more than 'memory' allows; less 'credit' or "
                            "fewer 'workers' make them smaller"});
    for (const auto& text : planned_.notes) made.notes.push_back({"credit", {}, text});
    for (std::uint32_t stage = 0; stage < of_.stages.size(); ++stage) add_notes(made, stage);
    for (const auto& p : found_)
      // That rejected records are only counted is told of each path.
      if (p.severity == problem::level::warning && p.code != "unread-rejected")
        made.warnings.push_back(p);
    return made;
  }

 private:
  explained_stage explained(std::uint32_t number, const std::vector<stage_placing>& placing) const {
    const stage_placing& placed = placing[number];
    const graph_stage& stage = of_.stages[number];
    explained_stage made;
    made.name = stage.name;
    made.type = stage.type->name;
    made.kind = stage.type->kind;
    made.workers = placed.workers;
    made.ordered = !placing[placed.runs_in].gives_up_order;
    if (placed.runs_in != number) made.runs_in = of_.stages[placed.runs_in].name;
    if (placed.prepared_in) made.prepared_in = of_.stages[*placed.prepared_in].name;
    made.columns = flow_.of(number);
    made.hold = stage.configured->hold();
    made.on_failure = stage.on_failure;
    made.follows_restarts = stage.follows_restarts;
    made.at_least_once = comes_more_than_once(stage);
    return made;
  }

  // Whether what a sink has written may stay where it is written again.
  bool comes_more_than_once(const graph_stage& stage) const {
    if (stage.type->kind != stage_kind::sink) return false;
    const auto restarts = [](const graph_stage& s) { return restarts_run(s.on_failure); };
    if (std::any_of(of_.stages.begin(), of_.stages.end(), restarts) &&
        stage.configured->why_not_again())
      return true;
    return stage.on_failure.action == failure_action::restart &&
           stage.type->failed != after_failure::rolls_back;
  }

  void add_input(explanation& to, const graph_edge& edge) const {
    const graph_stage& reader = of_.stages[edge.to.stage];
    const auto ports = reader.configured->inputs();
    explained_input input;
    if (ports.size() > 1) input.port = ports[edge.to.port];
    input.from = output_read(of_, edge.from);
    if (const plan_edge* found = planned_edge(planned_, edge)) input.credit = found->credit;
    input.full = reader.full;
    to.stages[edge.to.stage].inputs.push_back(std::move(input));
  }

  static credit_limits usual_credit(const explanation& of) {
    std::vector<credit_limits> all;
    for (const auto& stage : of.stages)
      for (const auto& input : stage.inputs)
        if (input.credit) all.push_back(*input.credit);
    credit_limits usual;
    for (const auto& credit : all)
      if (std::count(all.begin(), all.end(), credit) > std::count(all.begin(), all.end(), usual))
        usual = credit;
    return usual;
  }

  byte_size queues() const {
    byte_size sum;
    // Between stages that are called as one nothing waits. Where chunks may be dropped, as many
    // wait for credit as have some.
    for (const auto& edge : planned_.edges)
      if (edge.from.stage != edge.to.stage)
        sum.bytes += edge.credit.bytes.bytes * (edge.full == when_full::block ? 1 : 2);
    return sum;
  }

  void add_notes(explanation& to, std::uint32_t number) const {
    const graph_stage& stage = of_.stages[number];
    const auto subject = fmt::format("stage {}", quoted(stage.name));
    const auto& inputs = flow_.known(number);
    for (const auto& use : stage.configured->expressions()) {
      known_columns columns = inputs.size() == 1 ? inputs.front() : known_columns{};
      // What an option before it makes stands in the place of what came.
      for (const auto& made : use.added_before) {
        std::erase_if(columns.fields, [&](const field& f) { return f.name == made.name; });
        columns.fields.push_back(made);
      }
      for (const auto& division : int_divisions(*use.what, columns))
        to.notes.push_back(
            {"int-division", use.place->at(use.what->text(), division.offset),
             fmt::format("{}, {}: '{}' divides two ints, which drops the fraction; '{}' keeps it",
                         subject, use.subject, division.text, division.with_fraction)});
    }
    const auto& unread = to.stages[number].columns.unread;
    if (!unread.empty())
      to.notes.push_back({"unread-column", stage.place,
                          fmt::format("{}: it computes {}, which nobody below reads", subject,
                                      fmt::join(unread, ", "))});
  }

  const plan& planned_;
  const graph& of_;
  column_flow flow_;
  const std::vector<problem>& found_;
};

}  // namespace

explanation explain(const plan& planned, unsigned threads, const std::vector<problem>& found) {
  return explainer(planned, found).run(threads);
}

std::string_view name_of(when_full policy) {
  switch (policy) {
    case when_full::block:
      return "block";
    case when_full::drop_newest:
      return "drop_newest";
    case when_full::drop_oldest:
      return "drop_oldest";
  }
  return {};
}

std::string_view name_of(failure_action what) {
  switch (what) {
    case failure_action::fail:
      return "fail";
    case failure_action::restart:
      return "restart";
    case failure_action::skip:
      return "skip";
    case failure_action::isolate:
      return "isolate";
    case failure_action::restart_run:
      return "restart_run";
  }
  return {};
}

}  // namespace weir
