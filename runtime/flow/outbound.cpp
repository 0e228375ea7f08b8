#include "runtime/flow/outbound.hpp"

#include <iterator>

#include "runtime/base/check.hpp"

namespace weir {

namespace {

bool is_mark(const edge_item& item) { return !item.records; }

// Two marks that follow each other say what the stronger one says.
mark both(mark first, mark second) { return first.what == mark::kind::flush ? first : second; }

}  // namespace

outbound::outbound(when_full policy, credit_limits ring) : policy_(policy), ring_(ring) {
  WEIR_CHECK(policy == when_full::block || ring.chunks > 0, "a ring without room for a chunk");
}

void outbound::put(edge_item item) {
  const std::uint64_t records = item.size();
  ledger_.sent += records;
  if (stopped_ || finished_) {
    if (!is_planted(planted_defect::discard_uncounted)) ledger_.discarded += records;
    return;
  }
  if (is_mark(item) && take_in_mark(item)) return;
  if (is_mark(item) && is_planted(planted_defect::mark_overtakes)) {
    parked_.push_front(std::move(item));
    return;
  }
  if (policy_ != when_full::block && !is_mark(item)) {
    const auto oldest = oldest_of_full_ring();
    if (oldest && policy_ == when_full::drop_newest) {
      ledger_.dropped += records;
      return;
    }
    if (oldest) drop(*oldest);
  }
  ledger_.parked += records;
  parked_bytes_ += item.bytes();
  parked_.push_back(std::move(item));
}

bool outbound::take_in_mark(const edge_item& item) {
  if (parked_.empty() || !is_mark(parked_.back())) return false;
  // A mark that ends a turn stands for the turn.
  if (parked_.back().turn.number != 0 || item.turn.number != 0) return false;
  parked_.back().what = both(parked_.back().what, item.what);
  return true;
}

std::optional<std::size_t> outbound::oldest_of_full_ring() const {
  sender_credit ahead = credit_;
  std::optional<std::size_t> oldest;
  edge_count waiting;
  for (std::size_t at = 0; at < parked_.size(); ++at) {
    if (ahead.may_send()) {
      ahead.spend(parked_[at].bytes());
    } else if (!is_mark(parked_[at])) {
      if (!oldest) oldest = at;
      ++waiting.chunks;
      waiting.bytes += parked_[at].bytes();
    }
  }
  const bool full = waiting.chunks >= ring_.chunks || waiting.bytes >= ring_.bytes.bytes;
  return full ? oldest : std::nullopt;
}

void outbound::drop(std::size_t which) {
  const auto gone = parked_.begin() + static_cast<std::ptrdiff_t>(which);
  ledger_.parked -= gone->size();
  ledger_.dropped += gone->size();
  parked_bytes_ -= gone->bytes();
  const auto behind = parked_.erase(gone);
  if (behind == parked_.begin() || behind == parked_.end()) return;
  const auto before = std::prev(behind);
  if (!is_mark(*before) || !is_mark(*behind)) return;
  before->what = both(before->what, behind->what);
  parked_.erase(behind);
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
  if (is_planted(planted_defect::end_forgets) && finished_) parked_.clear();
  if (ended_ || !(stopped_ || finished_) || !parked_.empty()) return false;
  return ended_ = true;
}

}  // namespace weir
