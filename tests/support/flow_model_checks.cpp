#include <fmt/format.h>

#include <algorithm>

#include "tests/support/flow_model.hpp"

namespace weir::testing {
namespace {

const char* name_of(model_kind kind) {
  switch (kind) {
    case model_kind::source:
      return "source";
    case model_kind::pass:
      return "pass";
    case model_kind::filter:
      return "filter";
    case model_kind::head:
      return "head";
    case model_kind::hold:
      return "hold";
    case model_kind::batch:
      return "batch";
    case model_kind::zip:
      return "zip";
    case model_kind::sink:
      return "sink";
  }
  return "";
}

const char* name_of(when_full policy) {
  switch (policy) {
    case when_full::block:
      return "block";
    case when_full::drop_newest:
      return "drop_newest";
    case when_full::drop_oldest:
      return "drop_oldest";
  }
  return "";
}

bool is_subsequence(const std::vector<std::uint32_t>& part,
                    const std::vector<std::uint32_t>& whole) {
  auto at = whole.begin();
  for (const auto number : part) {
    at = std::find(at, whole.end(), number);
    if (at == whole.end()) return false;
    ++at;
  }
  return true;
}

}  // namespace

std::string model_graph::told() const {
  std::string text;
  for (std::size_t s = 0; s < stages.size(); ++s)
    text += fmt::format("{}: {}({})\n", s, name_of(stages[s].kind), stages[s].count);
  for (const auto& e : edges)
    text +=
        fmt::format("{} -> {}: {} chunks, {} bytes, {} (ring {})\n", e.producer, e.consumer,
                    e.capacity.chunks, e.capacity.bytes.bytes, name_of(e.policy), e.ring_chunks);
  return text;
}

bool flow_model::has_ended(const stage_state& stage) const {
  return stage.closed &&
         std::all_of(stage.inputs.begin(), stage.inputs.end(),
                     [&](edge_id e) { return edges_[e].in.ended(); }) &&
         std::all_of(stage.outputs.begin(), stage.outputs.end(),
                     [&](edge_id e) { return edges_[e].out.ended(); });
}

bool flow_model::ended() const {
  return std::all_of(stages_.begin(), stages_.end(),
                     [&](const stage_state& s) { return has_ended(s); });
}

stage_wait flow_model::wait_of(const stage_state& stage) const {
  using kind = stage_wait::kind;
  if (has_ended(stage)) return {kind::done, {}, false};
  const auto select = [&](const std::vector<edge_id>& from, auto holds) {
    std::vector<edge_id> out;
    std::copy_if(from.begin(), from.end(), std::back_inserter(out),
                 [&](edge_id e) { return holds(edges_[e]); });
    return out;
  };
  const bool under_way =
      !select(stage.inputs, [](const edge_state& e) { return !e.down.empty() || !e.opened; })
           .empty() ||
      !select(stage.outputs, [](const edge_state& e) { return !e.up.empty(); }).empty();
  if (under_way || can_call(stage)) return {kind::ready, {}, false};

  const auto full = select(stage.outputs, [&](const edge_state& e) {
    if (stage.closed) return e.out.parked();
    return stage.about.kind == model_kind::source ? !e.out.room() : e.out.blocks();
  });
  if (!full.empty()) return {kind::blocked, full, false};
  if (!stage.closed && stage.about.kind == model_kind::zip)
    return {kind::starved, {stage.inputs[stage.zip_input]}, false};
  return {kind::starved, select(stage.inputs, [](const edge_state& e) { return !e.in.ended(); }),
          !stage.closed};
}

std::vector<stage_wait> flow_model::waits() const {
  std::vector<stage_wait> all;
  for (const auto& stage : stages_) all.push_back(wait_of(stage));
  return all;
}

std::vector<stall_edge> flow_model::edges() const {
  std::vector<stall_edge> all;
  for (const auto& e : edges_)
    all.push_back({e.about.producer, e.about.consumer, e.in.capacity(),
                   fmt::format("{} -> {}", e.about.producer, e.about.consumer)});
  return all;
}

std::uint64_t flow_model::stops() const {
  return static_cast<std::uint64_t>(std::count_if(
      edges_.begin(), edges_.end(), [](const edge_state& e) { return e.in.stopped(); }));
}

std::vector<std::string> flow_model::names() const {
  std::vector<std::string> all;
  for (std::size_t s = 0; s < stages_.size(); ++s) all.push_back(std::to_string(s));
  return all;
}

void flow_model::violate(edge_id edge, const std::string& what) {
  if (!violation_.empty()) return;
  const auto& about = edges_[edge].about;
  violation_ = fmt::format("edge {} ({} -> {}): {}", edge, about.producer, about.consumer, what);
}

// Only the edges that a step touches can differ from what was checked before it.
void flow_model::check(const action& done) {
  if (done.what != action::kind::call) return check_edge(done.number);
  for (const edge_id e : stages_[done.number].inputs) check_edge(e);
  for (const edge_id e : stages_[done.number].outputs) check_edge(e);
}

void flow_model::check_edge(edge_id number) {
  const auto& edge = edges_[number];
  std::uint64_t chunks = 0;
  std::uint64_t bytes = 0;
  std::uint64_t records = 0;
  for (const auto& message : edge.down)
    if (const auto* data = std::get_if<edge_data>(&message)) {
      ++chunks;
      bytes += data->item.bytes();
      records += data->item.size();
    }
  if (edge.out.ledger().forwarded != edge.in.ledger().arrived + records)
    violate(number, "what was forwarded is neither arrived nor under way");
  if (!edge.out.ledger().balances()) violate(number, "the producer's ledger does not balance");
  if (!edge.in.ledger().balances()) violate(number, "the reader's ledger does not balance");
  if (edge.down.size() > edge.about.capacity.chunks + 1)
    violate(number, "more messages under way than credit and an end");

  chunks += edge.in.queued().chunks;
  bytes += edge.in.queued().bytes;
  if (chunks > edge.about.capacity.chunks) violate(number, "more chunks in flight than credit");
  if (bytes >= edge.about.capacity.bytes.bytes + model_chunk_bytes_max)
    violate(number, "more bytes in flight than credit and a chunk");
  if (edge.about.policy != when_full::block &&
      edge.out.ledger().parked > std::uint64_t{edge.about.ring_chunks} * model_records_max)
    violate(number, "more parked than the ring holds");
  if (edge.ends > 1) violate(number, "a second end");
  if (edge.out.stopped() && !edge.out.ended()) violate(number, "a stop was not answered by an end");
  if (edge.in.stopped() && edge.in.queued() != edge_count{})
    violate(number, "a stopped reader keeps something queued");
}

void flow_model::check_balance() {
  for (edge_id number = 0; number < edges_.size(); ++number) {
    const auto& edge = edges_[number];
    const auto& out = edge.out.ledger();
    const auto& in = edge.in.ledger();
    if (out.parked != 0 || in.queued != 0) violate(number, "something is left after the end");
    if (out.sent != in.received + out.dropped + out.discarded + in.discarded)
      violate(number, "sent is not received, dropped and discarded");
    if (edge.ends != 1) violate(number, "no end was told");
    if (!is_subsequence(edge.received, edge.sent)) violate(number, "the order was not kept");
    const bool lossless = edge.about.policy == when_full::block && !edge.in.stopped();
    if (lossless && edge.received != edge.sent) violate(number, "something was lost or doubled");
    if (edge.about.policy == when_full::block && out.dropped != 0)
      violate(number, "a blocking edge dropped something");
  }
  for (const auto& stage : stages_)
    if (stage.outputs.size() == 1)
      if (const auto wrong = stage.ledger.imbalance()) violate(stage.outputs[0], *wrong);
}

}  // namespace weir::testing
