#include "runtime/flow/outbound.hpp"

namespace weir {

void outbound::put(edge_item item) {
  const std::uint64_t records = item.size();
  ledger_.sent += records;
  if (stopped_ || finished_) {
    ledger_.discarded += records;
    return;
  }
  const bool progress = !item.records && item.what.what == mark::kind::progress;
  const bool follows_progress = !parked_.empty() && !parked_.back().records &&
                                parked_.back().what.what == mark::kind::progress;
  if (progress && follows_progress) return;
  const bool full = policy_ != when_full::block && parked_.size() >= ring_chunks_;
  if (full && policy_ == when_full::drop_newest) {
    ledger_.dropped += records;
    return;
  }
  if (full) drop(parked_.begin());
  ledger_.parked += records;
  parked_bytes_ += item.bytes();
  parked_.push_back(std::move(item));
}

void outbound::drop(std::deque<edge_item>::iterator which) {
  ledger_.parked -= which->size();
  ledger_.dropped += which->size();
  parked_bytes_ -= which->bytes();
  parked_.erase(which);
}

std::optional<outbound::departure> outbound::next() {
  if (parked_.empty() || !credit_.may_send()) return std::nullopt;
  departure leaving{std::move(parked_.front()), 0};
  parked_.pop_front();
  leaving.sequence = credit_.spend(leaving.item.bytes());
  parked_bytes_ -= leaving.item.bytes();
  ledger_.parked -= leaving.item.size();
  ledger_.forwarded += leaving.item.size();
  if (leaving.item.records) ++ledger_.chunks;
  return leaving;
}

void outbound::stop() {
  stopped_ = true;
  ledger_.discarded += ledger_.parked;
  ledger_.parked = 0;
  parked_bytes_ = 0;
  parked_.clear();
}

bool outbound::take_end() {
  if (ended_ || !(stopped_ || finished_) || !parked_.empty()) return false;
  return ended_ = true;
}

}  // namespace weir
