#pragma once

#include <cstdint>

namespace weir {

/// One side's part of the balance of an edge, in records:
/// sent = received + dropped + discarded + queued.
struct producer_ledger {
  std::uint64_t sent = 0;       ///< emitted to the edge, parked ones included
  std::uint64_t dropped = 0;    ///< by the reader's policy when full
  std::uint64_t discarded = 0;  ///< emitted or parked when the reader had stopped, or on abort
  std::uint64_t parked = 0;     ///< waiting for credit
  std::uint64_t forwarded = 0;  ///< given to the reader's side
  std::uint64_t chunks = 0;     ///< chunks forwarded

  bool operator==(const producer_ledger&) const = default;
  bool balances() const { return sent == dropped + discarded + parked + forwarded; }
};

struct consumer_ledger {
  std::uint64_t arrived = 0;
  std::uint64_t received = 0;   ///< handed to the stage
  std::uint64_t discarded = 0;  ///< arrived or queued when the stage had stopped, or on abort
  std::uint64_t queued = 0;

  bool operator==(const consumer_ledger&) const = default;
  bool balances() const { return arrived == received + discarded + queued; }
};

}  // namespace weir
