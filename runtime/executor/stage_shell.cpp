#include "runtime/executor/stage_shell.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <utility>

#include "runtime/base/check.hpp"
#include "runtime/executor/stage_access.hpp"
#include "runtime/flow/fork.hpp"

namespace weir {
namespace {

template <class... Cases>
struct cases : Cases... {
  using Cases::operator()...;
};
template <class... Cases>
cases(Cases...) -> cases<Cases...>;

// A seed of the stage's own, the same in every run with the run's seed.
std::uint64_t seed_for(std::uint64_t seed, const std::string& name) {
  for (const char c : name) seed = random_source(seed + static_cast<unsigned char>(c)).next();
  return seed;
}

configured_stage::instance instance_for(const plan& planned, const plan_node& node) {
  switch (node.what) {
    case plan_node::role::fork: return std::unique_ptr<transform>(std::make_unique<fork>());
    case plan_node::role::merge: return std::unique_ptr<transform>(std::make_unique<merge>());
    case plan_node::role::stage: break;
  }
  return planned.stage_of(node).configured->make();
}

}  // namespace

const char* stage_shell::name_of(call_kind kind) {
  switch (kind) {
    case call_kind::none: return "";
    case call_kind::open: return "open";
    case call_kind::pull: return "pull";
    case call_kind::process: return "process";
    case call_kind::resume: return "resume";
    case call_kind::on_mark: return "on_mark";
    case call_kind::finish: return "finish";
    case call_kind::flush: return "flush";
    case call_kind::close: return "close";
    case call_kind::settle: return "settle";
  }
  return "";
}

stage_shell::stage_shell(const run_environment& run, std::uint32_t node, shell_links& links,
                         std::weak_ptr<wake_target> wake)
    : run_(run),
      node_(run.planned.nodes[node]),
      number_(node),
      links_(links),
      instance_(instance_for(run.planned, node_)) {
  std::visit([this](const auto& s) { blocks_ = s->blocks(); }, instance_);
  context_ = std::make_unique<stage_context>(run.time, run.budget, seed_for(run.seed, node_.name),
                                             node_.demand, std::move(wake));
  const bool is_stage = node_.what == plan_node::role::stage;
  const auto ports = static_cast<port_number>(node_.outputs.size() - (is_stage ? 1 : 0));
  const bool rejected_read = is_stage && node_.outputs.back().has_value();
  outlet_ = std::make_unique<call_outlet>(node_.name, ports, rejected_read, run.time);
  if (auto* t = std::get_if<std::unique_ptr<transform>>(&instance_))
    stage_access::set_outputs(**t, ports);
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

// --- messages -------------------------------------------------------------------------------

void stage_shell::receive(upstream_message message) {
  std::visit(cases{[this](const edge_open& m) { on_open(m); },
                   [this](const edge_grant& m) { on_grant(m); },
                   [this](const edge_stop& m) { on_stop(m); }},
             message);
  pump();
}

void stage_shell::receive(downstream_message message) {
  std::visit(cases{[this](edge_data& m) { on_data(std::move(m)); },
                   [this](edge_end& m) { on_end(m); }},
             message);
  pump();
}

void stage_shell::receive(shell_command command) {
  std::visit(
      cases{[this](open_stage) { start({.kind = call_kind::open}); },
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
              if (calling_) return;
              cut_short_ = true;
              end_work();
            },
            [this](abort_stage) { abort_all(); },
            [this](close_stage) {
              if (opened_) {
                start({.kind = call_kind::close});
              } else {
                links_.report(stage_closed{});
              }
            },
            [this](settle_stage m) {
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

// --- which call is next -----------------------------------------------------------------------

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
  return std::all_of(input_finished_.begin(), input_finished_.end(), [](bool done) { return done; });
}

// The input that has something for the stage: a chunk, a mark or its end.
std::optional<port_number> stage_shell::next_input() const {
  const auto has = [this](port_number port) {
    return !input_finished_[port] && (!inputs_[port].empty() || inputs_[port].exhausted());
  };
  if (node_.order == input_order::any) {
    input_turn look = turn_;
    return look.next(static_cast<std::uint32_t>(inputs_.size()), has);
  }
  const port_number wanted = std::get<std::unique_ptr<transform>>(instance_)->next_input();
  if (wanted < inputs_.size() && !input_finished_[wanted])
    return has(wanted) ? std::optional(wanted) : std::nullopt;
  for (port_number port = 0; port < inputs_.size(); ++port)
    if (has(port)) return port;
  return std::nullopt;
}

stage_shell::call stage_shell::choose() const {
  if (!running_ || calling_ || work_over_ || failed_ || outputs_blocked()) return {};
  if (inputs_.empty()) {
    const bool due = !waiting_ || woken_;
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
    if (node_.order == input_order::any)
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

// --- making a call ----------------------------------------------------------------------------

void stage_shell::start(call next) {
  note_state();
  std::vector<bool> rooms;
  for (const auto& output : outputs_) rooms.push_back(!output || output->room());
  outlet_->begin(std::move(rooms));
  if (next.kind == call_kind::open) opened_ = true;
  more_ = false;
  woken_ = false;
  waiting_ = false;
  wake_pending_ = false;
  calling_ = true;
  current_ = std::move(next);
  call_began_ = run_.time.now();
  if (blocks_) {
    links_.call_elsewhere([this] { answer_ = perform(current_); });
  } else {
    answer_ = perform(current_);
    returned();
  }
}

void stage_shell::on_call_returned() {
  returned();
  pump();
}

// The single place where a stage is called, and where an exception becomes a failure.
stage_answer stage_shell::perform(const call& what) {
  const auto with_answer = [](result<void> done) -> stage_answer {
    if (!done) return failure(std::move(done.error()));
    return answer::wait;
  };
  const auto perform_on = cases{
      [&](source& s) -> stage_answer {
        switch (what.kind) {
          case call_kind::pull: return s.pull(*outlet_);
          default: return answer::wait;
        }
      },
      [&](transform& t) -> stage_answer {
        switch (what.kind) {
          case call_kind::process: return t.process(what.port, what.item.records, *outlet_);
          case call_kind::resume: return t.resume(*outlet_);
          case call_kind::on_mark: return t.on_mark(what.port, what.item.what, *outlet_);
          case call_kind::finish: return t.finish(what.port, *outlet_);
          default: return answer::wait;
        }
      },
      [&](sink& s) -> stage_answer {
        switch (what.kind) {
          case call_kind::process: return s.consume(what.item.records, *outlet_);
          case call_kind::resume: return s.resume(*outlet_);
          case call_kind::on_mark: return s.on_mark(what.item.what, *outlet_);
          case call_kind::flush: return with_answer(s.flush());
          case call_kind::settle: return with_answer(s.settle(what.how));
          default: return answer::wait;
        }
      }};
  try {
    return std::visit(
        [&](const auto& instance) -> stage_answer {
          if (what.kind == call_kind::open) return with_answer(instance->open(*context_));
          if (what.kind == call_kind::close) {
            instance->close();
            return answer::wait;
          }
          return perform_on(*instance);
        },
        instance_);
  } catch (const std::exception& thrown) {
    return failure("exception", fmt::format("the stage threw: {}", thrown.what()));
  } catch (...) {
    return failure("exception", "the stage threw something that is no std::exception");
  }
}

void stage_shell::returned() {
  const auto now = run_.time.now();
  const auto waited = context_->take_waited();
  const auto took = now - call_began_;
  figures_.busy += took - std::min<nanoseconds>(waited, took);
  (inputs_.empty() ? figures_.starved : figures_.blocked) += waited;
  state_ = state::idle;
  state_since_ = now;
  calling_ = false;
  ++figures_.calls;
  figures_.state = context_->account().held();
  stage_answer given = std::move(*answer_);
  answer_.reset();
  std::optional<error> failure;
  if (!given) failure = std::move(given.error());
  const call_kind kind = current_.kind;
  if (kind == call_kind::open || kind == call_kind::close || kind == call_kind::settle) {
    after_lifecycle_call(std::move(failure));
  } else if (aborted_) {
    // What an aborted call gave is as if it had never been.
  } else if (failure) {
    fail(std::move(*failure));
  } else {
    take_outputs();
    follow(*given);
  }
  current_ = {};
}

void stage_shell::after_lifecycle_call(std::optional<error> failure) {
  switch (current_.kind) {
    case call_kind::open:
      if (failure) {
        fail(std::move(*failure));
      } else {
        links_.report(stage_opened{});
      }
      break;
    case call_kind::close:
      links_.report(stage_closed{std::move(failure)});
      break;
    default: links_.report(stage_settled{std::move(failure)});
  }
}

void stage_shell::take_outputs() {
  const bool was_chunk = current_.kind == call_kind::process;
  if (was_chunk) {
    figures_.bytes_in += current_.item.bytes();
    ++figures_.chunks_in;
  }
  std::vector<bool> answered(outputs_.size());
  const port_number rejected = static_cast<port_number>(outputs_.size() - 1);
  for (auto& [port, item] : outlet_->take()) {
    answered[port] = true;
    const bool is_rejected = node_.what == plan_node::role::stage && port == rejected;
    if (item.records && !is_rejected) {
      figures_.bytes_out += item.bytes();
      ++figures_.chunks_out;
    }
    outbound* output = outputs_[port].get();
    if (output == nullptr) {
      figures_.unread += item.size();
      continue;
    }
    if (item.records && !output->stopped()) item.records = compact_if_sparse(item.records);
    output->put(std::move(item));
  }
  ledger_.emitted += outlet_->emitted();
  ledger_.rejected += outlet_->rejected();
  if (node_.what == plan_node::role::stage && !outputs_.back())
    figures_.rejected_unread += outlet_->rejected();
  report_rejections();
  if (!was_chunk || !node_.holds_nothing || node_.what != plan_node::role::stage) return;
  for (port_number port = 0; port < rejected; ++port)
    if (outputs_[port] && !answered[port])
      outputs_[port]->put({nullptr, {mark::kind::progress}});
}

void stage_shell::follow(answer given) {
  if (current_.kind == call_kind::finish) input_finished_[current_.port] = true;
  const auto wake_time = context_->take_wake_time();
  if (current_.kind == call_kind::flush) {
    finished_ = true;
    end_work();
    return;
  }
  const bool stopped = context_->stopping() && (draining_ || all_main_outputs_stopped());
  if (given == answer::end || stopped) {
    cut_short_ = draining_ && given != answer::end;
    finished_ = all_inputs_finished();
    end_work();
    return;
  }
  more_ = given == answer::more;
  waiting_ = given == answer::wait;
  if (wake_time) {
    wake_pending_ = true;
    links_.wake_at(*wake_time, ++wake_number_);
  }
  if (inputs_.empty() && waiting_ && !wake_time && !context_->has_waker()) {
    fail({"bug", "the source answered 'wait' and set neither a time nor a waker", {}});
    return;
  }
  const bool is_transform = std::holds_alternative<std::unique_ptr<transform>>(instance_);
  if (is_transform && all_inputs_finished() && !more_) {
    finished_ = true;
    end_work();
  }
}

void stage_shell::fail(error cause) {
  failed_ = true;
  links_.report(stage_failed{name_of(current_.kind), std::move(cause), place_of_call()});
}

std::string stage_shell::place_of_call() const {
  const auto& records = current_.item.records;
  if (!records || records->size() == 0) return {};
  const auto place = records->place(records->row_of(0));
  if (!place || !place->input) return {};
  return fmt::format("the chunk that begins at {}:{}", place->input->text, place->line);
}

// --- ending -----------------------------------------------------------------------------------

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

// --- figures ----------------------------------------------------------------------------------

void stage_shell::settle_accounts() {
  std::uint64_t bytes = 0;
  for (const auto& input : inputs_) bytes += input.queued_bytes();
  for (const auto& output : outputs_)
    if (output) bytes += output->parked_bytes();
  if (bytes == accounted_) return;
  run_.budget.add(static_cast<std::int64_t>(bytes) - static_cast<std::int64_t>(accounted_));
  accounted_ = bytes;
}

stage_shell::state stage_shell::current_state() const {
  if (!running_ || work_over_ || calling_) return state::idle;
  if (outputs_blocked()) return state::blocked;
  return ready() ? state::ready : state::starved;
}

void stage_shell::note_state() {
  const state next = current_state();
  if (next == state_) return;
  const auto now = run_.time.now();
  if (state_ == state::starved) figures_.starved += now - state_since_;
  if (state_ == state::blocked) figures_.blocked += now - state_since_;
  state_ = next;
  state_since_ = now;
}

// The first of a kind at once, then a count every 10 s.
void stage_shell::report_rejections() {
  constexpr auto interval = std::chrono::seconds(10);
  for (const auto& [code, reason] : outlet_->reasons()) {
    told_rejections& known = rejections_[code];
    const bool first = known.count == 0;
    known.count += reason.count;
    if (!first && run_.time.now() - known.told_at < interval) continue;
    const std::string text =
        first ? fmt::format("record rejected: {}", reason.example)
              : fmt::format("{} more records rejected ({}), the last: {}", known.count - known.told,
                            code, reason.example);
    known.told = known.count;
    known.told_at = run_.time.now();
    links_.report(stage_event{run_event::kind::rejected, text});
  }
}

stage_wait stage_shell::waiting() const {
  using kind = stage_wait::kind;
  if (calling_) return {kind::running, {}, false};
  if (work_over_ && done_told_) return {kind::done, {}, false};
  if (!running_ || failed_) return {kind::ready, {}, false};
  stage_wait wait;
  for (std::size_t port = 0; port < outputs_.size(); ++port)
    if (outputs_[port] && outputs_[port]->blocks()) wait.edges.push_back(*node_.outputs[port]);
  if (!wait.edges.empty()) {
    wait.what = kind::blocked;
    return wait;
  }
  if (work_over_) return {kind::timed, {}, false};
  if (ready()) return {kind::ready, {}, false};
  if (wake_pending_ || inputs_.empty() || context_->has_waker()) return {kind::timed, {}, false};
  wait.what = kind::starved;
  wait.any = node_.order == input_order::any;
  if (wait.any) {
    for (std::size_t i = 0; i < inputs_.size(); ++i)
      if (!input_finished_[i]) wait.edges.push_back(node_.inputs[i]);
  } else {
    const port_number wanted = std::get<std::unique_ptr<transform>>(instance_)->next_input();
    if (wanted < inputs_.size()) wait.edges.push_back(node_.inputs[wanted]);
  }
  return wait;
}

void stage_shell::report_status(std::uint64_t round) {
  note_state();
  shell_status status;
  status.round = round;
  status.calls = figures_.calls;
  status.calling = calling_;
  status.call = name_of(current_.kind);
  status.wait = waiting();
  status.figures = figures_;
  const auto now = run_.time.now();
  if (state_ == state::starved) status.figures.starved += now - state_since_;
  if (state_ == state::blocked) status.figures.blocked += now - state_since_;
  stage_ledger ledger = ledger_;
  for (std::size_t i = 0; i < inputs_.size(); ++i) {
    const inbound& input = inputs_[i];
    ledger.received += input.ledger().received;
    status.inputs.push_back({node_.inputs[i], input.ledger(), input.credit().capacity(),
                             input.credit().arrived(), input.credit().granted()});
  }
  for (std::size_t port = 0; port < outputs_.size(); ++port) {
    if (!outputs_[port]) continue;
    const outbound& output = *outputs_[port];
    status.outputs.push_back({*node_.outputs[port], output.ledger(), output.credit().sent(),
                              output.credit().limit(), output.blocks()});
  }
  status.figures.received = ledger.received;
  status.figures.passed = ledger.passed();
  status.figures.created = ledger.created();
  status.figures.filtered = ledger.filtered();
  status.figures.absorbed = ledger.absorbed();
  status.figures.rejected = ledger.rejected;
  status.figures.held = ledger.held();
  // An aborted call took a chunk that then neither passed nor stayed.
  if (!aborted_ && !failed_ && !calling_) status.imbalance = ledger.imbalance();
  links_.report(std::move(status));
}

}  // namespace weir
