#include "runtime/executor/invariants.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace weir {
namespace {

using input = shell_status::input;
using output = shell_status::output;

// The end of the edge in the state of the node that has it.
template <class End>
const End* end_of(const std::vector<End>& ends, edge_id edge) {
  const auto at =
      std::find_if(ends.begin(), ends.end(), [&](const End& e) { return e.edge == edge; });
  return at == ends.end() ? nullptr : &*at;
}

bool shrinks(edge_count before, edge_count now) {
  return now.chunks < before.chunks || now.bytes < before.bytes;
}

std::optional<std::string> broken_ends(const output& from, const input& to) {
  if (!from.ledger.balances())
    return fmt::format(
        "the producer sent {} records; {} forwarded, {} parked, {} dropped, {} "
        "discarded",
        from.ledger.sent, from.ledger.forwarded, from.ledger.parked, from.ledger.dropped,
        from.ledger.discarded);
  if (!to.ledger.balances())
    return fmt::format("{} records arrived; {} received, {} queued, {} discarded",
                       to.ledger.arrived, to.ledger.received, to.ledger.queued,
                       to.ledger.discarded);
  if (shrinks(to.arrived, from.sent))
    return fmt::format("{} chunks arrived of {} sent", to.arrived.chunks, from.sent.chunks);
  if (to.ledger.arrived > from.ledger.forwarded)
    return fmt::format("{} records arrived of {} forwarded", to.ledger.arrived,
                       from.ledger.forwarded);
  if (from.sent.chunks > from.limit.chunks)
    return fmt::format("{} chunks sent, {} granted", from.sent.chunks, from.limit.chunks);
  if (shrinks(from.limit, to.granted))
    return fmt::format("the producer has a limit of {} chunks, the reader granted {}",
                       from.limit.chunks, to.granted.chunks);
  const std::uint64_t released = to.arrived.chunks - to.queued.chunks;
  if (to.granted.chunks > released + to.capacity.chunks)
    return fmt::format(
        "the reader granted {} chunks when {} had left its queue, its capacity is {}",
        to.granted.chunks, released, to.capacity.chunks);
  if (to.ended && from.sent.chunks != to.arrived.chunks)
    return fmt::format("the edge has ended, and {} chunks are under way",
                       from.sent.chunks - to.arrived.chunks);
  return std::nullopt;
}

std::optional<std::string> gone_back(const output& before, const output& now) {
  if (shrinks(before.limit, now.limit)) return "the limit shrank";
  if (shrinks(before.sent, now.sent)) return "the count of what was sent shrank";
  if (before.ended && !now.ended) return "the edge had ended for its producer";
  return std::nullopt;
}

std::optional<std::string> gone_back(const input& before, const input& now) {
  if (shrinks(before.granted, now.granted)) return "what was granted shrank";
  if (shrinks(before.arrived, now.arrived)) return "the count of what arrived shrank";
  if (before.ended && !now.ended) return "the edge had ended for its reader";
  return std::nullopt;
}

template <class End>
std::optional<std::string> gone_back(const std::vector<End>& before, const std::vector<End>& now,
                                     edge_id edge) {
  const End* const was = end_of(before, edge);
  const End* const is = end_of(now, edge);
  return was == nullptr || is == nullptr ? std::nullopt : gone_back(*was, *is);
}

}  // namespace

std::optional<std::string> violated_invariant(const plan& planned,
                                              std::span<const shell_status> before,
                                              std::span<const shell_status> now) {
  for (edge_id edge = 0; edge < planned.edges.size(); ++edge) {
    const std::uint32_t producer = planned.edges[edge].from.stage;
    const std::uint32_t reader = planned.edges[edge].to.stage;
    const output* const from = end_of(now[producer].outputs, edge);
    const input* const to = end_of(now[reader].inputs, edge);
    if (from == nullptr || to == nullptr) continue;  // fused
    auto broken = broken_ends(*from, *to);
    if (!broken && !before.empty()) {
      broken = gone_back(before[producer].outputs, now[producer].outputs, edge);
      if (!broken) broken = gone_back(before[reader].inputs, now[reader].inputs, edge);
    }
    if (broken)
      return fmt::format("edge {} -> {}: {}", planned.nodes[producer].name,
                         planned.nodes[reader].name, *broken);
  }
  for (std::size_t node = 0; node < now.size(); ++node)
    if (now[node].imbalance)
      return fmt::format("stage '{}': {}", planned.nodes[node].name, *now[node].imbalance);
  return std::nullopt;
}

}  // namespace weir
