#include "runtime/executor/stage_shell.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <utility>

#include "runtime/base/cases.hpp"
#include "runtime/base/check.hpp"
#include "runtime/flow/fork.hpp"
#include "runtime/stage/stage_access.hpp"

namespace weir {
namespace {

// A seed of the stage's own, the same in every run with the run's seed.
std::uint64_t seed_for(std::uint64_t seed, const std::string& name) {
  for (const char c : name) seed = random_source(seed + static_cast<unsigned char>(c)).next();
  return seed;
}

// Stands for an instance that could not be made: it is never called.
template <class Kind>
class unmade final : public Kind {
  stage_answer pull(outlet&) { return answer::end; }
  stage_answer process(port_number, const chunk_ptr&, outlet&) { return answer::end; }
  stage_answer consume(const chunk_ptr&, outlet&) { return answer::end; }
};

configured_stage::instance unmade_instance(stage_kind kind) {
  switch (kind) {
    case stage_kind::source:
      return std::unique_ptr<source>(std::make_unique<unmade<source>>());
    case stage_kind::transform:
      return std::unique_ptr<transform>(std::make_unique<unmade<transform>>());
    case stage_kind::sink:
      break;
  }
  return std::unique_ptr<sink>(std::make_unique<unmade<sink>>());
}

configured_stage::instance instance_for(const plan& planned, const plan_node& node) {
  switch (node.what) {
    case plan_node::role::fork:
      return std::unique_ptr<transform>(std::make_unique<fork>());
    case plan_node::role::merge:
      return std::unique_ptr<transform>(std::make_unique<merge>());
    case plan_node::role::stage:
      break;
  }
  return planned.stage_of(node).configured->make();
}

}  // namespace

stage_shell::stage_shell(const run_environment& run, std::uint32_t node, shell_links& links,
                         std::weak_ptr<wake_target> wake)
    : run_(run), node_(run.planned.nodes[node]), number_(node), links_(links) {
  make_instance();
  context_ = std::make_unique<stage_context>(run.time, run.budget, seed_for(run.seed, node_.name),
                                             node_.demand, std::move(wake));
  const bool is_stage = node_.what == plan_node::role::stage;
  const auto ports = static_cast<port_number>(node_.outputs.size() - (is_stage ? 1 : 0));
  const bool rejected_read = is_stage && node_.outputs.back().has_value();
  outlet_ = std::make_unique<call_outlet>(node_.name, ports, rejected_read, run.time);
  if (auto* t = std::get_if<std::unique_ptr<transform>>(&instance_))
    stage_access::set_ports(**t, static_cast<port_number>(node_.inputs.size()), ports);
  for (const edge_id edge : node_.inputs) inputs_.emplace_back(run.planned.edges[edge].credit);
  input_finished_.resize(inputs_.size());
  for (const auto& edge : node_.outputs) {
    outputs_.push_back(nullptr);
    if (!edge) continue;
    const plan_edge& about = run.planned.edges[*edge];
    outputs_.back() = std::make_unique<outbound>(about.full, about.ring_chunks);
  }
  ledger_.kind = node_.ledger;
  ledger_.inputs = inputs_.size();
  if (node_.what == plan_node::role::fork) ledger_.copies = ports;
  if (node_.what == plan_node::role::merge) ledger_.inputs = 1;
  figures_.name = node_.name;
  if (is_stage) figures_.type = run.planned.stage_of(node_).type->name;
}

// An instance that can't be made is a failure of its stage, told when it is to be opened: the run
// then ends like any other.
void stage_shell::make_instance() {
  const auto cannot = [this](std::string text) {
    instance_ = unmade_instance(run_.planned.stage_of(node_).type->kind);
    unmade_ = error{"exception", std::move(text), {}};
  };
  try {
    instance_ = instance_for(run_.planned, node_);
    std::visit([this](const auto& s) { blocks_ = s->blocks(); }, instance_);
  } catch (const std::exception& thrown) {
    cannot(fmt::format("the stage threw: {}", thrown.what()));
  } catch (...) {
    cannot("the stage threw something that is no std::exception");
  }
}

stage_shell::~stage_shell() { run_.budget.add(-static_cast<std::int64_t>(accounted_)); }

inbound* stage_shell::input_of(edge_id edge) {
  const auto at = std::find(node_.inputs.begin(), node_.inputs.end(), edge);
  return at == node_.inputs.end() ? nullptr
                                  : &inputs_[static_cast<std::size_t>(at - node_.inputs.begin())];
}

outbound* stage_shell::output_of(edge_id edge) {
  const auto at = std::find(node_.outputs.begin(), node_.outputs.end(), edge);
  return at == node_.outputs.end()
             ? nullptr
             : outputs_[static_cast<std::size_t>(at - node_.outputs.begin())].get();
}

void stage_shell::receive(upstream_message message) {
  std::visit(cases{[this](const edge_open& m) { on_open(m); },
                   [this](const edge_grant& m) { on_grant(m); },
                   [this](const edge_stop& m) { on_stop(m); }},
             message);
  pump();
}

void stage_shell::receive(downstream_message message) {
  std::visit(
      cases{[this](edge_data& m) { on_data(std::move(m)); }, [this](edge_end& m) { on_end(m); }},
      message);
  pump();
}

void stage_shell::receive(shell_command command) {
  std::visit(cases{[this](open_stage) { start({.kind = call_kind::open}); },
                   [this](go) {
                     running_ = true;
                     for (std::size_t i = 0; i < inputs_.size(); ++i) {
                       const edge_id edge = node_.inputs[i];
                       links_.send_up(run_.planned.edges[edge].from.stage,
                                      edge_open{edge, first_epoch, inputs_[i].open()});
                     }
                   },
                   [this](drain_stage) {
                     if (!inputs_.empty() || work_over_) return;
                     draining_ = true;
                     context_->request_stop();
                     if (running_) return;  // called once more, to give what it has taken
                     cut_short_ = true;
                     end_work();
                   },
                   [this](abort_stage) { abort_all(); },
                   [this](close_stage) {
                     // A stage that has not come back from its last call is never called again.
                     if (calling_) return;
                     if (opened_) {
                       start({.kind = call_kind::close});
                     } else {
                       links_.report(stage_closed{});
                     }
                   },
                   [this](settle_stage m) {
                     if (calling_) return;
                     if (opened_ && std::holds_alternative<std::unique_ptr<sink>>(instance_)) {
                       start({.kind = call_kind::settle, .how = m.how});
                     } else {
                       links_.report(stage_settled{});
                     }
                   },
                   [this](const widen_input& m) {
                     inbound* input = input_of(m.edge);
                     if (input == nullptr || input->ended() || input->stopped()) return;
                     links_.send_up(run_.planned.edges[m.edge].from.stage,
                                    edge_grant{m.edge, first_epoch, input->widen(m.capacity)});
                   },
                   [this](probe_stage m) { report_status(m.round); }},
             command);
  pump();
}

void stage_shell::on_open(const edge_open& message) {
  outbound* output = output_of(message.edge);
  if (output != nullptr && message.epoch == first_epoch) output->grant(message.limit);
}

void stage_shell::on_grant(const edge_grant& message) {
  outbound* output = output_of(message.edge);
  if (output != nullptr && message.epoch == first_epoch) output->grant(message.limit);
}

void stage_shell::on_stop(const edge_stop& message) {
  outbound* output = output_of(message.edge);
  if (output == nullptr || message.epoch != first_epoch || output->ended()) return;
  output->stop();
  const bool is_sink = std::holds_alternative<std::unique_ptr<sink>>(instance_);
  if (is_sink || work_over_ || !all_main_outputs_stopped()) return;
  context_->request_stop();
  if (!calling_) end_work();
}

void stage_shell::on_data(edge_data message) {
  inbound* input = input_of(message.edge);
  if (input == nullptr || message.epoch != first_epoch) return;
  WEIR_CHECK(input->arrive(message.sequence, std::move(message.item)),
             "a chunk out of sequence on an edge");
}

void stage_shell::on_end(const edge_end& message) {
  inbound* input = input_of(message.edge);
  if (input == nullptr || message.epoch != first_epoch) return;
  WEIR_CHECK(input->end(message.last_sequence), "an end before the last chunk of its edge");
}

void stage_shell::on_wake(std::uint64_t number) {
  if (number != wake_number_ || !wake_pending_) return;
  wake_pending_ = false;
  on_woken();
}

void stage_shell::on_woken() {
  woken_ = true;
  pump();
}

bool stage_shell::outputs_blocked() const {
  return std::any_of(outputs_.begin(), outputs_.end(),
                     [](const auto& output) { return output && output->blocks(); });
}

// Whether nobody wants anything more: every output that is read was stopped. The port `rejected`
// decides only where it is the only one read.
bool stage_shell::all_main_outputs_stopped() const {
  bool any_main = false;
  const std::size_t mains = outputs_.size() - (node_.what == plan_node::role::stage ? 1 : 0);
  for (std::size_t port = 0; port < mains; ++port) {
    if (!outputs_[port]) continue;
    any_main = true;
    if (!outputs_[port]->stopped()) return false;
  }
  return any_main || (outputs_.back() && outputs_.back()->stopped());
}

bool stage_shell::all_inputs_finished() const {
  return std::all_of(input_finished_.begin(), input_finished_.end(),
                     [](bool done) { return done; });
}

// The input that has something for the stage: a chunk, a mark or its end.
std::optional<port_number> stage_shell::next_input() const {
  const auto has = [this](port_number port) {
    return !input_finished_[port] && (!inputs_[port].empty() || inputs_[port].exhausted());
  };
  if (const auto wanted = wanted_input()) return has(*wanted) ? wanted : std::nullopt;
  input_turn look = turn_;
  return look.next(static_cast<std::uint32_t>(inputs_.size()), has);
}

// The one input that it waits for, whatever the others have; none if any will do: also where the
// stage names an input that has ended.
std::optional<port_number> stage_shell::wanted_input() const {
  if (node_.order == input_order::any) return std::nullopt;
  const port_number wanted = std::get<std::unique_ptr<transform>>(instance_)->next_input();
  const bool can_come = wanted < inputs_.size() && !input_finished_[wanted];
  return can_come ? std::optional(wanted) : std::nullopt;
}

stage_shell::call stage_shell::choose() const {
  if (!running_ || calling_ || work_over_ || failed_ || outputs_blocked()) return {};
  if (inputs_.empty()) {
    const bool due = !waiting_ || woken_ || draining_;
    return due ? call{.kind = call_kind::pull} : call{};
  }
  if (more_ || woken_) return {.kind = call_kind::resume};
  if (all_inputs_finished()) {
    const bool is_sink = std::holds_alternative<std::unique_ptr<sink>>(instance_);
    return is_sink ? call{.kind = call_kind::flush} : call{};
  }
  const auto port = next_input();
  if (!port) return {};
  if (inputs_[*port].empty()) return {.kind = call_kind::finish, .port = *port};
  const bool is_mark = !inputs_[*port].front().records;
  return {.kind = is_mark ? call_kind::on_mark : call_kind::process, .port = *port};
}

bool stage_shell::ready() const { return choose().kind != call_kind::none; }

void stage_shell::step() {
  call next = choose();
  WEIR_CHECK(next.kind != call_kind::none, "a step of a stage that is not ready");
  if (next.kind == call_kind::process || next.kind == call_kind::on_mark) {
    if (!wanted_input())
      turn_.next(static_cast<std::uint32_t>(inputs_.size()),
                 [&](port_number port) { return port == next.port; });
    auto taken = inputs_[next.port].take();
    next.item = std::move(taken.item);
    if (taken.grant) {
      const edge_id edge = node_.inputs[next.port];
      links_.send_up(run_.planned.edges[edge].from.stage,
                     edge_grant{edge, first_epoch, *taken.grant});
    }
  }
  start(std::move(next));
  pump();
}

// Wants no more input: what is queued is discarded, and the producers are asked for their end.
void stage_shell::stop_inputs() {
  for (std::size_t i = 0; i < inputs_.size(); ++i) {
    if (inputs_[i].stopped()) continue;
    inputs_[i].stop();
    if (inputs_[i].ended()) continue;
    const edge_id edge = node_.inputs[i];
    links_.send_up(run_.planned.edges[edge].from.stage, edge_stop{edge, first_epoch});
  }
}

// No call on records will follow; a sink that wants no more still has to flush.
void stage_shell::end_work() {
  const bool is_sink = std::holds_alternative<std::unique_ptr<sink>>(instance_);
  if (is_sink && current_.kind != call_kind::flush && !aborted_ && !failed_) {
    stop_inputs();
    std::fill(input_finished_.begin(), input_finished_.end(), true);
    more_ = false;
    return;
  }
  work_over_ = true;
  ledger_.finished = finished_;
  stop_inputs();
  for (const auto& output : outputs_)
    if (output) output->finish();
}

void stage_shell::abort_all() {
  if (aborted_) return;
  aborted_ = true;
  work_over_ = true;
  context_->request_stop();
  for (auto& input : inputs_) input.stop();
  for (const auto& output : outputs_)
    if (output && !output->ended()) output->stop();
}

// Sends what has credit and tells what is due; called after every message and step.
void stage_shell::pump() {
  for (std::size_t port = 0; port < outputs_.size(); ++port) {
    outbound* output = outputs_[port].get();
    if (output == nullptr) continue;
    const edge_id edge = *node_.outputs[port];
    const std::uint32_t reader = run_.planned.edges[edge].to.stage;
    while (auto leaving = output->next())
      links_.send_down(reader,
                       edge_data{edge, first_epoch, leaving->sequence, std::move(leaving->item)});
    if (output->take_end())
      links_.send_down(reader, edge_end{edge, first_epoch, output->last_sequence()});
  }
  tell_credit();
  settle_accounts();
  note_state();
  if (done_told_ || !work_over_ || calling_) return;
  for (const auto& output : outputs_)
    if (output && !output->ended()) return;
  for (const auto& input : inputs_)
    if (!input.ended()) return;
  done_told_ = true;
  links_.report(stage_done{cut_short_});
}

// A stage that waits keeps no credit back: half of a window kept back is half of what a sibling
// path may hold. Then a path that holds n chunks stalls its sibling only when n > 2 x credit + 2.
void stage_shell::tell_credit() {
  if (!running_ || work_over_ || calling_ || ready()) return;
  for (std::size_t i = 0; i < inputs_.size(); ++i)
    if (const auto limit = inputs_[i].tell()) {
      const edge_id edge = node_.inputs[i];
      links_.send_up(run_.planned.edges[edge].from.stage, edge_grant{edge, first_epoch, *limit});
    }
}

}  // namespace weir
