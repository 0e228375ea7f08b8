#include "tests/support/flow_model.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "runtime/base/check.hpp"

namespace weir::testing {
namespace {

constexpr std::uint32_t rows_min = 64;
// So many chunks of a source are told apart; an endless one begins anew.
constexpr std::uint32_t source_chunks = 64;

// The chunk of that number, told apart by its physical rows; sizes and bytes differ.
chunk_ptr chunk_of(std::uint32_t number) {
  static std::vector<chunk_ptr> known;
  if (known.size() <= number) known.resize(number + 1);
  if (!known[number]) {
    std::vector<std::uint32_t> selected(1 + number * 7 % model_records_max);
    for (std::uint32_t row = 0; row < selected.size(); ++row) selected[row] = row;
    chunk::parts parts;
    parts.columns_schema = std::make_shared<const schema>();
    parts.rows = rows_min + number;
    parts.selection = std::make_shared<const std::vector<std::uint32_t>>(std::move(selected));
    known[number] = make_chunk(std::move(parts));
    WEIR_CHECK(known[number]->bytes().bytes <= model_chunk_bytes_max, "a chunk above its bound");
  }
  return known[number];
}
std::uint32_t number_of(const chunk& records) { return records.rows() - rows_min; }

const edge_item progress_item{nullptr, {mark::kind::progress}};
const edge_item flush_item{nullptr, {mark::kind::flush}};

}  // namespace

flow_model::flow_model(const model_graph& graph, std::uint64_t seed) : random_(seed) {
  // Few senders and stages are fast and most are slow, other ones with each seed: uniform choice
  // would hardly ever fill one edge while another is empty.
  constexpr std::uint32_t weights[] = {1, 1, 4, 32};
  const auto weight = [&] { return weights[random_.below(4)]; };
  for (const auto& about : graph.stages) {
    stage_state stage;
    stage.about = about;
    stage.weight = weight();
    if (about.kind == model_kind::filter || about.kind == model_kind::head)
      stage.ledger.kind = ledger_kind::filters;
    if (about.kind == model_kind::batch || about.kind == model_kind::source)
      stage.ledger.kind = ledger_kind::creates;
    stages_.push_back(std::move(stage));
  }
  for (const auto& about : graph.edges) {
    const auto number = static_cast<edge_id>(edges_.size());
    stages_[about.producer].outputs.push_back(number);
    stages_[about.consumer].inputs.push_back(number);
    edge_state edge{.about = about,
                    .out = outbound(about.policy, {.chunks = about.ring_chunks}),
                    .in = inbound(about.capacity),
                    .down = {},
                    .up = {},
                    .sent = {},
                    .received = {},
                    .told = {}};
    edge.weight_down = weight();
    edge.weight_up = weight();
    edges_.push_back(std::move(edge));
  }
}

bool flow_model::step() {
  const auto& actions = possible();
  if (actions.empty()) return false;
  if (random_.below(8) == 0) disturb();
  std::uint32_t all = 0;
  for (const auto& a : actions) all += a.weight;
  std::uint32_t at = random_.below(all);
  for (const auto& a : actions) {
    if (at < a.weight) {
      perform(a);
      check(a);
      break;
    }
    at -= a.weight;
  }
  return true;
}

void flow_model::settle() {
  while (violation_.empty() && step()) {
  }
  if (ended()) check_balance();
}

void flow_model::widen(edge_id edge, credit_limits limits) {
  edges_[edge].about.capacity = limits;
  tell_limit(edge, edges_[edge].in.widen(limits), false);
}

const std::vector<flow_model::action>& flow_model::possible() {
  auto& actions = actions_;
  actions.clear();
  for (std::uint32_t number = 0; number < edges_.size(); ++number) {
    const auto& edge = edges_[number];
    if (!edge.opened) actions.push_back({action::kind::open, number, edge.weight_up});
    if (!edge.down.empty()) actions.push_back({action::kind::down, number, edge.weight_down});
    if (!edge.up.empty()) actions.push_back({action::kind::up, number, edge.weight_up});
  }
  for (std::uint32_t number = 0; number < stages_.size(); ++number)
    if (can_call(stages_[number]))
      actions.push_back({action::kind::call, number, stages_[number].weight});
  return actions;
}

void flow_model::perform(const action& what) {
  switch (what.what) {
    case action::kind::open:
      edges_[what.number].opened = true;
      return tell_limit(what.number, edges_[what.number].in.open(), true);
    case action::kind::down:
      return deliver_down(what.number);
    case action::kind::up:
      return deliver_up(what.number);
    case action::kind::call:
      call(what.number);
      return tell_kept_back(stages_[what.number]);
  }
}

// A stage that is about to wait keeps no credit back: what it waits for may need that room.
void flow_model::tell_kept_back(stage_state& stage) {
  if (can_call(stage)) return;
  for (const edge_id e : stage.inputs)
    if (edges_[e].opened)
      if (const auto limit = edges_[e].in.tell()) tell_limit(e, *limit, false);
}

void flow_model::deliver_down(edge_id number) {
  auto& edge = edges_[number];
  downstream_message message = std::move(edge.down.front());
  edge.down.pop_front();
  if (std::holds_alternative<edge_end>(message)) ++edge.ends;
  if (deliver(edge.in, first_epoch, std::move(message)) != delivery::taken)
    violate(number, "what arrived was out of sequence");
}

void flow_model::deliver_up(edge_id number) {
  auto& edge = edges_[number];
  const auto size = static_cast<std::uint32_t>(edge.up.size());
  const auto which = static_cast<std::ptrdiff_t>(random_.below(size));
  const upstream_message message = edge.up[static_cast<std::size_t>(which)];
  const bool comes_again = random_.below(4) == 0;
  if (!comes_again) edge.up.erase(edge.up.begin() + which);
  if (deliver(edge.out, first_epoch, message) != delivery::taken)
    violate(number, "a message upstream was refused");
  depart(number);
}

// Messages of another opening, as bad as can be: none of them may change anything.
void flow_model::disturb() {
  const edge_id number = random_.below(static_cast<std::uint32_t>(edges_.size()));
  auto& edge = edges_[number];
  const edge_epoch other = random_.below(2) == 0 ? first_epoch + 1 : first_epoch - 1;
  const edge_count vast{1'000'000, 1'000'000'000};
  const upstream_message up[] = {edge_open{number, other, vast}, edge_grant{number, other, vast},
                                 edge_stop{number, other}};
  const downstream_message down[] = {
      edge_data{number, other, edge.out.last_sequence() + 1, {chunk_of(0), {}}},
      edge_end{number, other, edge.out.last_sequence()}};
  const auto facts = [&] {
    return std::tuple(edge.out.last_sequence(), edge.out.room(), edge.out.blocks(),
                      edge.out.stopped(), edge.out.ended(), edge.out.ledger(), edge.in.ledger(),
                      edge.in.stopped(), edge.in.ended(), edge.in.exhausted());
  };
  const auto before = facts();
  const bool ignored =
      deliver(edge.out, first_epoch, up[random_.below(3)]) == delivery::of_another_epoch &&
      deliver(edge.in, first_epoch, down[random_.below(2)]) == delivery::of_another_epoch;
  if (!ignored || facts() != before)
    violate(number, "a message of another epoch changed something");
}

bool flow_model::all_outputs_stopped(const stage_state& stage) const {
  return !stage.outputs.empty() && std::all_of(stage.outputs.begin(), stage.outputs.end(),
                                               [&](edge_id e) { return edges_[e].out.stopped(); });
}

bool flow_model::can_call(const stage_state& stage) const {
  if (stage.closed) return false;
  if (all_outputs_stopped(stage)) return true;
  if (stage.about.kind == model_kind::source)
    return std::all_of(stage.outputs.begin(), stage.outputs.end(),
                       [&](edge_id e) { return edges_[e].out.room(); });
  if (std::any_of(stage.outputs.begin(), stage.outputs.end(),
                  [&](edge_id e) { return edges_[e].out.blocks(); }))
    return false;
  const auto has = [&](edge_id e) { return !edges_[e].in.empty(); };
  const auto exhausted = [&](edge_id e) { return edges_[e].in.exhausted(); };
  if (stage.about.kind == model_kind::zip) {
    const edge_id wanted = stage.inputs[stage.zip_input];
    return has(wanted) || exhausted(wanted);
  }
  return std::any_of(stage.inputs.begin(), stage.inputs.end(), has) ||
         std::all_of(stage.inputs.begin(), stage.inputs.end(), exhausted);
}

std::optional<std::uint32_t> flow_model::next_input(stage_state& stage) {
  const auto has = [&](std::uint32_t input) { return !edges_[stage.inputs[input]].in.empty(); };
  if (stage.about.kind != model_kind::zip)
    return stage.turn.next(static_cast<std::uint32_t>(stage.inputs.size()), has);
  return has(stage.zip_input) ? std::optional(stage.zip_input) : std::nullopt;
}

void flow_model::call(std::uint32_t number) {
  auto& stage = stages_[number];
  ++stage.calls;
  if (all_outputs_stopped(stage)) return close(stage);
  if (stage.about.kind == model_kind::source) return call_source(stage, number);
  if (const auto input = next_input(stage)) {
    const edge_id from = stage.inputs[*input];
    const auto taken = edges_[from].in.take();
    if (taken.grant) tell_limit(from, *taken.grant, false);
    if (taken.item.records) edges_[from].received.push_back(number_of(*taken.item.records));
    stage.ledger.received += taken.item.size();
    process(stage, *input, taken.item);
  } else {
    if (stage.about.kind == model_kind::hold) release_held(stage);
    stage.ledger.finished = stage.about.kind != model_kind::zip;
    close(stage);
  }
  for (const edge_id e : stage.outputs) depart(e);
}

void flow_model::call_source(stage_state& stage, std::uint32_t number) {
  if (stage.calls > stage.about.count) return close(stage);
  const auto made = static_cast<std::uint32_t>(stage.calls - 1) % source_chunks;
  emit(stage, {chunk_of(number * source_chunks + made), {}});
  const auto one_in = stage.about.flush_one_in;
  if (one_in > 0 && random_.below(one_in) == 0) emit(stage, flush_item);
  for (const edge_id e : stage.outputs) depart(e);
}

void flow_model::process(stage_state& stage, std::uint32_t input, const edge_item& item) {
  const auto count = stage.about.count;
  const bool is_mark = !item.records;
  switch (stage.about.kind) {
    case model_kind::source:
    case model_kind::sink:
      return;
    case model_kind::pass:
      return emit(stage, item);
    case model_kind::filter:
      return emit(stage, is_mark || number_of(*item.records) % 2 == 0 ? item : progress_item);
    case model_kind::head:
      emit(stage, item);
      if (!is_mark) stage.held.push_back(item.records);
      if (stage.held.size() >= count) close(stage);
      return;
    case model_kind::hold:
      if (!is_mark) stage.held.push_back(item.records);
      if (stage.held.size() >= count) release_held(stage);
      return;
    case model_kind::batch:
      if (!is_mark) stage.held.push_back(item.records);
      if (stage.held.size() < count) return;
      emit(stage, {stage.held.front(), {}});
      return stage.held.clear();
    case model_kind::zip:
      if (is_mark) return;
      if (input == 0) stage.held.assign(1, item.records);
      if (++stage.zip_taken < (input == 0 ? 1 : count)) return;
      stage.zip_taken = 0;
      stage.zip_input = (input + 1) % static_cast<std::uint32_t>(stage.inputs.size());
      if (stage.zip_input == 0) release_held(stage);
      return;
  }
}

void flow_model::emit(stage_state& stage, const edge_item& item) {
  stage.ledger.emitted += item.size();
  for (const edge_id e : stage.outputs) {
    edges_[e].out.put(item);
    if (item.records) edges_[e].sent.push_back(number_of(*item.records));
  }
}

void flow_model::release_held(stage_state& stage) {
  for (const auto& records : stage.held) emit(stage, {records, {}});
  stage.held.clear();
}

void flow_model::close(stage_state& stage) {
  stage.closed = true;
  for (const edge_id e : stage.inputs)
    if (!edges_[e].in.exhausted()) {
      edges_[e].in.stop();
      edges_[e].up.push_back(edge_stop{e, first_epoch});
    }
  for (const edge_id e : stage.outputs) {
    edges_[e].out.finish();
    depart(e);
  }
}

void flow_model::depart(edge_id number) {
  auto& edge = edges_[number];
  while (auto leaving = edge.out.next())
    edge.down.push_back(
        edge_data{number, first_epoch, leaving->sequence, std::move(leaving->item)});
  if (edge.out.take_end())
    edge.down.push_back(edge_end{number, first_epoch, edge.out.last_sequence()});
}

void flow_model::tell_limit(edge_id number, edge_count limit, bool first) {
  auto& edge = edges_[number];
  if (limit.chunks < edge.told.chunks || limit.bytes < edge.told.bytes)
    violate(number, "a limit shrank");
  edge.told = limit;
  if (first)
    edge.up.push_back(edge_open{number, first_epoch, limit});
  else
    edge.up.push_back(edge_grant{number, first_epoch, limit});
}

}  // namespace weir::testing
