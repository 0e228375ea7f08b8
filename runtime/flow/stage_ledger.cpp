#include "runtime/flow/stage_ledger.hpp"

#include <fmt/format.h>

namespace weir {

std::uint64_t stage_ledger::passed() const {
  return kind == ledger_kind::creates ? 0 : emitted * inputs / copies;
}

std::uint64_t stage_ledger::rest() const {
  const std::uint64_t gone = passed() + rejected + in_hand + lost;
  return received > gone ? received - gone : 0;
}

std::optional<std::string> stage_ledger::imbalance() const {
  // What is created may be refused as well: bytes that are no record, a group without a value.
  const bool creates = kind == ledger_kind::creates;
  if (emitted % copies != 0)
    return fmt::format("emitted {}, which is not the same to each of {}", emitted, copies);
  const std::string also = lost == 0 ? "" : fmt::format(", lost {}", lost);
  if (!creates && passed() + rejected + in_hand + lost > received)
    return fmt::format("received {} but passed {}, rejected {}{} and has {} in hand", received,
                       passed(), rejected, also, in_hand);
  if (finished && held() > lost)
    return fmt::format("received {}, passed {}, rejected {}{}: {} are missing", received, passed(),
                       rejected, also, held() - lost);
  return std::nullopt;
}

}  // namespace weir
