#include "runtime/executor/stage_shell.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "runtime/base/cases.hpp"
#include "runtime/base/check.hpp"
#include "runtime/flow/delivery.hpp"
#include "runtime/stage/stage_access.hpp"

namespace weir {
namespace {

// Whether what comes over an edge was rejected by a stage of the node that it comes from.
bool carries_rejected(const plan& of, edge_id edge) {
  const graph_port from = of.edges[edge].from;
  const plan_node& node = of.nodes[from.stage];
  if (node.what != plan_node::role::stage) return false;
  const auto is_rejected = [&](const plan_follower& f) {
    return from.port == f.first_output + f.ports;
  };
  return from.port + std::size_t{1} == node.own_outputs() ||
         std::any_of(node.followers.begin(), node.followers.end(), is_rejected);
}

}  // namespace

stage_shell::stage_shell(const run_environment& run, std::uint32_t node, shell_links& links,
                         std::weak_ptr<wake_target> wake)
    : run_(run),
      node_(run.planned.nodes[node]),
      number_(node),
      links_(links),
      followers_(run, node_, std::move(run.instances[node].followers), *this) {
  stage_instance& made = run.instances[node].head;
  blocks_ = made.blocks;
  const bool is_stage = node_.what == plan_node::role::stage;
  const auto ports = static_cast<port_number>(node_.own_outputs() - (is_stage ? 1 : 0));
  const bool rejected_read = is_stage && node_.outputs[ports].has_value();
  head_ = std::make_unique<stage_member>(run, node_, node_, std::move(made), ports, rejected_read,
                                         std::move(wake));
  WEIR_CHECK(followers_.none() || !blocks_, "a stage that may wait was fused with another");
  for (const edge_id edge : node_.inputs) inputs_.emplace_back(run.planned.edges[edge].credit);
  input_finished_.resize(inputs_.size());
  for (const auto& edge : node_.outputs) {
    outputs_.push_back(nullptr);
    if (!edge) continue;
    const plan_edge& about = run.planned.edges[*edge];
    outputs_.back() = std::make_unique<outbound>(
        about.full, credit_limits{about.ring_chunks, about.credit.bytes});
    read_outputs_.push_back(outputs_.back().get());
  }
  if (node_.order == input_order::all) head().ledger.inputs = inputs_.size();
  if (node_.what == plan_node::role::fork) head().ledger.copies = ports;
  if (node_.workers > 1) kept_.resize(outputs_.size());
  collects_rejected_ =
      node_.what == plan_node::role::collect && carries_rejected(run.planned, node_.inputs.front());
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

void stage_shell::tell_producer(std::size_t input, upstream_message message) {
  links_.send_up(run_.planned.edges[node_.inputs[input]].from.stage, message);
}

void stage_shell::receive(std::vector<shell_message>& messages, time_point time) noexcept {
  now_ = std::max(time, state_since_);
  for (auto& message : messages)
    std::visit(cases{[this](upstream_message& m) { apply(m); },
                     [this](downstream_message& m) { apply(m); },
                     [this](shell_command& m) { apply(m); }, [this](wake_due m) { apply(m); },
                     [this](stage_woken) { woken_ = true; }, [this](call_returned) { returned(); }},
               message);
  pump();
  // Only now is it known what follows from all that has come: whether the stage waits, and for
  // what.
  if (probed_) {
    shell_status now = status();
    now.round = *std::exchange(probed_, std::nullopt);
    links_.report(std::move(now));
  }
}

void stage_shell::apply(upstream_message& message) {
  outbound* output = output_of(std::visit([](const auto& m) { return m.edge; }, message));
  if (output == nullptr || deliver(*output, first_epoch, message) != delivery::taken) return;
  if (const auto* stop = std::get_if<edge_stop>(&message)) {
    lost_readers_ = lost_readers_ || stop->cut;
    on_stopped(*output);
  }
}

void stage_shell::apply(downstream_message& message) {
  inbound* input = input_of(std::visit([](const auto& m) { return m.edge; }, message));
  if (input == nullptr) return;
  const auto* end = std::get_if<edge_end>(&message);
  const edge_ending how = end != nullptr ? end->how : edge_ending::whole;
  const delivery done = deliver(*input, first_epoch, std::move(message));
  WEIR_CHECK(done != delivery::out_of_sequence, "a message out of sequence on an edge");
  if (done == delivery::taken) on_ended(how);
}

void stage_shell::apply(shell_command& command) {
  std::visit(
      cases{[this](open_stage) { start({.kind = call_kind::open}); },
            [this](go) {
              running_ = true;
              for (std::size_t i = 0; i < inputs_.size(); ++i)
                tell_producer(i, edge_open{node_.inputs[i], first_epoch, inputs_[i].open()});
            },
            [this](drain_stage) {
              if (!inputs_.empty() || head_over_) return;
              draining_ = true;
              head().context.request_stop();
              if (running_) return;  // called once more, to give what it has taken
              cut_short_ = true;
              end_work();
            },
            [this](abort_stage) { abort_all(); },
            [this](close_stage) {
              // A stage that has not come back from its last call is never called again.
              if (calling_) return;
              if (head().opened) {
                start({.kind = call_kind::close});
              } else {
                links_.report(stage_closed{});
              }
            },
            [this](settle_stage m) {
              if (calling_) return;
              if (!followers_.none()) {
                links_.report(followers_.settle(m.how));
              } else if (head().opened && head().is_sink()) {
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
            [this](follow_restart m) { follow_from(m.first); },
            [this](restart_followed) { let_go(); }, [this](probe_stage m) { probed_ = m.round; }},
      command);
}

void stage_shell::on_stopped(const outbound& output) {
  const bool is_sink = followers_.none() ? head().is_sink() : followers_.last_is_sink();
  if (output.ended() || is_sink || work_over_ || !all_main_outputs_stopped()) return;
  partial_ = partial_ || lost_readers_;
  if (!followers_.none()) return followers_.stop();
  stop_head();
}

void stage_shell::stop_head() {
  head().context.request_stop();
  if (!calling_ && !head_over_) end_work();
}

void stage_shell::apply(wake_due due) {
  if (recovery_timer_ && recovery_timer_->number == due.number) {
    recovery_timer_.reset();
    return go_on();
  }
  std::erase_if(timers_, [&](const timer& t) { return t.number == due.number; });
  if (!wake_time_) return;
  if (run_.time.now() < *wake_time_) return set_timer();
  wake_time_.reset();
  woken_ = true;
}

// Whether this output keeps the stage from being called. A pull and a resume are promised room; for
// the others it is enough that nothing is parked.
bool stage_shell::keeps_waiting(const outbound& output) const {
  const bool needs_room = inputs_.empty() ? pull_is_due() : more_ || woken_;
  return needs_room && !head_over_ ? !output.room() : output.blocks();
}

bool stage_shell::outputs_blocked() const {
  return std::any_of(read_outputs_.begin(), read_outputs_.end(),
                     [this](const outbound* output) { return keeps_waiting(*output); });
}

// Whether nobody wants anything more: every output that is read was stopped. The port `rejected`
// decides only where it is the only one read.
bool stage_shell::all_main_outputs_stopped() const {
  bool any_main = false;
  const std::size_t mains = outputs_.size() - (node_.what == plan_node::role::stage ? 1 : 0);
  for (std::size_t port = followers_.none() ? 0 : followers_.last_first_output(); port < mains;
       ++port) {
    if (!outputs_[port]) continue;
    any_main = true;
    if (!outputs_[port]->stopped()) return false;
  }
  return any_main || (outputs_.back() && outputs_.back()->stopped());
}

// The same of what the first stage gives.
bool stage_shell::nobody_wants_more() const {
  return followers_.none() ? all_main_outputs_stopped() : followers_.stopped();
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
  if (node_.what == plan_node::role::collect) return next_in_turn();
  if (const auto wanted = wanted_input()) return has(*wanted) ? wanted : std::nullopt;
  input_turn look = turn_;
  return look.next(static_cast<std::uint32_t>(inputs_.size()), has);
}

// Of inputs from several workers the one whose turn it is, or that has ended. What is in no turn,
// as all that a worker gives at its end, comes behind the turns of those who have not ended: once
// each of them shows that it is not its turn. A turn is missing for good where its worker was
// aborted: then nothing behind it may pass. It also is where a worker was stopped, as nobody wanted
// more of its records, with turns in its queue, while another had gone on: what that one has
// rejected still passes. Each worker gives its turns in order, so that it is certain once none has
// the missing turn and none can still give it.
std::optional<port_number> stage_shell::next_in_turn() const {
  std::optional<port_number> lowest;
  std::optional<port_number> in_no_turn;
  bool may_still_come = false;
  for (port_number port = 0; port < inputs_.size(); ++port) {
    if (input_finished_[port]) continue;
    if (inputs_[port].exhausted()) return port;
    if (inputs_[port].empty()) {
      may_still_come = true;
      continue;
    }
    const stage_turn& turn = inputs_[port].front().turn;
    if (turn.number == 0) {
      if (!in_no_turn) in_no_turn = port;
      continue;
    }
    if (turns_passed_.may_pass(turn)) return port;
    if (!lowest || turn.number < inputs_[*lowest].front().turn.number) lowest = port;
  }
  if (may_still_come) return std::nullopt;
  return lowest && collects_rejected_ ? lowest : in_no_turn;
}

// The one input that it waits for, whatever the others have; none if any will do: also where the
// stage names an input that has ended.
std::optional<port_number> stage_shell::wanted_input() const {
  if (node_.order == input_order::any) return std::nullopt;
  const bool can_come = head().wanted < inputs_.size() && !input_finished_[head().wanted];
  return can_come ? std::optional(head().wanted) : std::nullopt;
}

stage_call stage_shell::choose() const {
  if (!running_ || calling_ || work_over_ || failed_ || outputs_blocked()) return {};
  if (!followers_.none() && followers_.pending())
    return {.kind = followers_.callable() ? call_kind::below : call_kind::none};
  if (head_over_) return {};
  if (is_again()) return head().recovery->next();
  if (inputs_.empty()) return pull_is_due() ? stage_call{.kind = call_kind::pull} : stage_call{};
  if (more_ || woken_) return {.kind = call_kind::resume};
  if (all_inputs_finished()) {
    const bool is_sink = head().is_sink();
    return is_sink ? stage_call{.kind = call_kind::flush} : stage_call{};
  }
  const auto port = next_input();
  if (!port) return {};
  if (inputs_[*port].empty()) return {.kind = call_kind::finish, .port = *port};
  const bool is_mark = !inputs_[*port].front().records;
  return {.kind = is_mark ? call_kind::on_mark : call_kind::process, .port = *port};
}

time_point stage_shell::step(time_point time) noexcept {
  now_ = std::max(time, state_since_);  // its calls and its waits do not overlap
  const stage_call next = next_;
  WEIR_CHECK(next.kind != call_kind::none, "a step of a stage that is not ready");
  if (next.kind == call_kind::below) {
    call_began_ = now_;
    call_followers();
    pump();
    return now_;
  }
  edge_item item;
  again_ = is_again();
  if (again_) {
    item = head().recovery->take();
  } else if (next.kind == call_kind::process || next.kind == call_kind::on_mark) {
    if (!wanted_input())
      turn_.next(static_cast<std::uint32_t>(inputs_.size()),
                 [&](port_number port) { return port == next.port; });
    auto taken = inputs_[next.port].take();
    item = std::move(taken.item);
    if (node_.workers > 1) turn_at_hand_ = {item.turn.number, false};
    if (node_.what == plan_node::role::collect) {
      if (!turns_passed_.may_pass(item.turn)) turns_passed_.skip_to(item.turn);
      turns_passed_.pass(item.turn);
    }
    if (taken.grant)
      tell_producer(next.port, edge_grant{node_.inputs[next.port], first_epoch, *taken.grant});
  }
  start(next, std::move(item));
  pump();
  return now_;
}

// Wants no more input: what is queued is discarded, and the producers are asked for their end.
void stage_shell::stop_inputs() {
  for (std::size_t i = 0; i < inputs_.size(); ++i) {
    if (inputs_[i].stopped()) continue;
    inputs_[i].stop();
    if (!inputs_[i].ended())
      tell_producer(i, edge_stop{node_.inputs[i], first_epoch, cut_ || lost_readers_});
  }
}

// No call on records of the first stage will follow; a sink that wants no more still has to flush.
void stage_shell::end_work() {
  give_up();
  if (head().is_sink() && current_.kind != call_kind::flush && !aborted_ && !failed_) {
    stop_inputs();
    std::fill(input_finished_.begin(), input_finished_.end(), true);
    more_ = false;
    woken_ = false;
    wake_time_.reset();
    return;
  }
  head_over_ = true;
  head().ledger.finished = finished_;
  stop_inputs();
  const std::size_t own = node_.own_outputs();
  for (std::size_t output = followers_.none() ? 0 : 1; output < own; ++output)
    finish_output(output);
  if (followers_.none())
    work_over_ = true;
  else
    followers_.end_input();
}

void stage_shell::abort_all() {
  if (aborted_) return;
  aborted_ = true;
  give_up();
  head_over_ = true;
  work_over_ = true;
  head().context.request_stop();
  if (!followers_.none()) followers_.abort();
  for (auto& input : inputs_) input.stop();
  for (const auto& output : outputs_)
    if (output && !output->ended()) output->stop();
  release_kept();
}

// Sends what has credit, chooses the next call and tells what is due; called after every message
// and step.
void stage_shell::pump() {
  if (head_over_ && !followers_.none() && followers_.over()) work_over_ = true;
  // Whatever was the last that those behind the first had to do, a call or the end of a wait.
  if (turn_at_hand_.ended && !calling_ && !failed_ && !aborted_ && !followers_.pending())
    end_turn();
  for (std::size_t port = 0; port < outputs_.size(); ++port) {
    outbound* output = outputs_[port].get();
    if (output == nullptr) continue;
    const edge_id edge = *node_.outputs[port];
    const std::uint32_t reader = run_.planned.edges[edge].to.stage;
    while (auto leaving = output->next())
      links_.send_down(reader,
                       edge_data{edge, first_epoch, leaving->sequence, std::move(leaving->item)});
    if (output->take_end())
      links_.send_down(reader, edge_end{edge, first_epoch, output->last_sequence(), ending()});
  }
  begin_to_follow();
  next_ = choose();
  tell_credit();
  settle_accounts();
  note_state();
  if (done_told_ || !work_over_ || calling_) return;
  for (const auto* output : read_outputs_)
    if (!output->ended()) return;
  for (const auto& input : inputs_)
    if (!input.ended()) return;
  done_told_ = true;
  links_.report(stage_done{cut_short_, cut_, partial_});
}

// A stage that waits keeps no credit back: half of a window kept back is half of what a sibling
// path may hold. Then a path that holds n chunks stalls its sibling only when n > 2 x credit + 2.
void stage_shell::tell_credit() {
  if (!running_ || work_over_ || calling_ || ready()) return;
  for (std::size_t i = 0; i < inputs_.size(); ++i)
    if (const auto limit = inputs_[i].tell())
      tell_producer(i, edge_grant{node_.inputs[i], first_epoch, *limit});
}

}  // namespace weir
