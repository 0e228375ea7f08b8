#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

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
    edge_item first = std::move(waiting_[taken_++]);
    if (taken_ == waiting_.size()) forget();
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
    forget();
  }

  bool empty() const { return waiting_.empty(); }
  bool front_is_mark() const { return !waiting_[taken_].records; }
  bool ended() const { return ended_; }
  bool stopped() const { return stopped_; }
  std::uint64_t chunks() const { return chunks_; }
  const consumer_ledger& ledger() const { return ledger_; }

 private:
  void forget() {
    waiting_.clear();
    taken_ = 0;
  }

  std::vector<edge_item> waiting_;
  std::size_t taken_ = 0;  // of those waiting, from the first on
  consumer_ledger ledger_;
  std::uint64_t chunks_ = 0;
  bool ended_ = false;
  bool stopped_ = false;
};

}  // namespace weir
