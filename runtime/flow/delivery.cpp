#include "runtime/flow/delivery.hpp"

#include <type_traits>
#include <utility>

namespace weir {
namespace {

bool is_of(edge_epoch own, edge_epoch epoch) {
  return epoch == own || is_planted(planted_defect::no_epoch_check);
}

}  // namespace

delivery deliver(outbound& to, edge_epoch own, const upstream_message& message) {
  return std::visit(
      [&](const auto& fact) {
        if (!is_of(own, fact.epoch)) return delivery::of_another_epoch;
        if constexpr (std::is_same_v<std::decay_t<decltype(fact)>, edge_stop>)
          to.stop();
        else
          to.grant(fact.limit);
        return delivery::taken;
      },
      message);
}

delivery deliver(inbound& to, edge_epoch own, downstream_message message) {
  return std::visit(
      [&](auto&& fact) {
        if (!is_of(own, fact.epoch)) return delivery::of_another_epoch;
        bool in_sequence = false;
        if constexpr (std::is_same_v<std::decay_t<decltype(fact)>, edge_data>)
          in_sequence = to.arrive(fact.sequence, std::move(fact.item));
        else
          in_sequence = to.end(fact.last_sequence);
        return in_sequence ? delivery::taken : delivery::out_of_sequence;
      },
      std::move(message));
}

}  // namespace weir
