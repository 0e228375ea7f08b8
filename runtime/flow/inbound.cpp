#include "runtime/flow/inbound.hpp"

#include "runtime/base/check.hpp"
#include "runtime/flow/planted_defect.hpp"

namespace weir {

bool inbound::arrive(std::uint64_t sequence, edge_item item) {
  if (ended_ || !credit_.arrive(sequence, item.bytes())) return false;
  last_sequence_ = sequence;
  ledger_.arrived += item.size();
  if (stopped_) {
    auto& counted =
        is_planted(planted_defect::stop_receives) ? ledger_.received : ledger_.discarded;
    counted += item.size();
    credit_.release(item.bytes());
    return true;
  }
  ledger_.queued += item.size();
  queue_.push_back(std::move(item));
  return true;
}

bool inbound::end(std::uint64_t last_sequence) {
  if (ended_ || last_sequence != last_sequence_) return false;
  return ended_ = true;
}

inbound::taken inbound::take() {
  WEIR_CHECK(!queue_.empty(), "nothing to take from an input");
  taken out{std::move(queue_.front()), std::nullopt};
  queue_.pop_front();
  ledger_.queued -= out.item.size();
  ledger_.received += out.item.size();
  out.grant = credit_.release(out.item.bytes());
  if (ended_) out.grant.reset();
  return out;
}

void inbound::stop() {
  stopped_ = true;
  for (const auto& item : queue_) credit_.release(item.bytes());
  ledger_.discarded += ledger_.queued;
  ledger_.queued = 0;
  queue_.clear();
}

}  // namespace weir
