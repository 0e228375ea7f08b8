#pragma once

#include <cstdint>
#include <deque>

#include "runtime/flow/edge_ledger.hpp"
#include "runtime/flow/item.hpp"

namespace weir {

/// An edge between two stages that share a shell: what one call of the upper stage gave waits for
/// the lower one. It needs no credit, for the upper stage is not called before nothing waits.
class fused_link {
 public:
  /// After `stop` it is discarded, counted.
  void put(edge_item item) {
    ledger_.arrived += item.size();
    if (stopped_) {
      ledger_.discarded += item.size();
      return;
    }
    if (item.records) ++chunks_;
    ledger_.queued += item.size();
    waiting_.push_back(std::move(item));
  }
  /// Requires: !empty().
  edge_item take() {
    edge_item first = std::move(waiting_.front());
    waiting_.pop_front();
    ledger_.queued -= first.size();
    ledger_.received += first.size();
    return first;
  }
  /// Nothing more will be put.
  void end() { ended_ = true; }
  /// Nothing more is wanted: what waits is discarded.
  void stop() {
    stopped_ = true;
    ledger_.discarded += ledger_.queued;
    ledger_.queued = 0;
    waiting_.clear();
  }

  bool empty() const { return waiting_.empty(); }
  bool front_is_mark() const { return !waiting_.front().records; }
  bool ended() const { return ended_; }
  bool stopped() const { return stopped_; }
  std::uint64_t chunks() const { return chunks_; }
  const consumer_ledger& ledger() const { return ledger_; }

 private:
  std::deque<edge_item> waiting_;
  consumer_ledger ledger_;
  std::uint64_t chunks_ = 0;
  bool ended_ = false;
  bool stopped_ = false;
};

}  // namespace weir
