#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "runtime/flow/credit.hpp"
#include "runtime/flow/edge_ledger.hpp"
#include "runtime/flow/item.hpp"

namespace weir {

/// The consumer's end of an edge: what has arrived waits here, in order, to be taken.
class inbound {
 public:
  explicit inbound(credit_limits capacity) : credit_(capacity) {}

  edge_count open() { return credit_.open(); }
  /// Takes what arrived; after `stop` it is discarded, counted. False: out of sequence.
  bool arrive(std::uint64_t sequence, edge_item item);
  /// The producer's end. False: something before it is missing, or it came twice.
  bool end(std::uint64_t last_sequence);

  bool empty() const { return queue_.empty(); }
  /// Requires: !empty().
  const edge_item& front() const { return queue_.front(); }
  /// The first in line, to be handled; a new limit to tell, if it is time.
  /// Requires: !empty().
  struct taken {
    edge_item item;
    std::optional<edge_count> grant;
  };
  taken take();

  /// A limit that was kept back, if any, to tell before waiting for another input.
  std::optional<edge_count> tell() { return stopped_ || ended_ ? std::nullopt : credit_.tell(); }

  /// Wants no more: what is queued and what still arrives is discarded.
  void stop();
  edge_count widen(credit_limits capacity) { return credit_.widen(capacity); }

  bool stopped() const { return stopped_; }
  /// The producer has ended and everything was taken.
  bool exhausted() const { return ended_ && queue_.empty(); }
  bool ended() const { return ended_; }
  const receiver_credit& credit() const { return credit_; }
  const credit_limits& capacity() const { return credit_.capacity(); }
  /// What has arrived and was neither taken nor discarded.
  edge_count queued() const { return credit_.in_queue(); }
  std::uint64_t queued_bytes() const { return credit_.in_queue().bytes; }
  const consumer_ledger& ledger() const { return ledger_; }

 private:
  receiver_credit credit_;
  std::deque<edge_item> queue_;
  consumer_ledger ledger_;
  std::uint64_t last_sequence_ = 0;
  bool stopped_ = false;
  bool ended_ = false;
};

}  // namespace weir
