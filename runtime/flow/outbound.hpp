#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "runtime/flow/credit.hpp"
#include "runtime/flow/edge_ledger.hpp"
#include "runtime/flow/item.hpp"

namespace weir {

/// What happens to chunks for a reader that has no room.
enum class when_full : std::uint8_t {
  block,        ///< the producer waits
  drop_newest,  ///< the chunk that does not fit is dropped, counted
  drop_oldest,  ///< the chunk that waits longest is dropped, counted
};

/// The producer's end of an edge: what was emitted waits here, in order, for credit.
///
/// With `block` a parked chunk keeps the producer from being called, so at most one call's output
/// is parked. With the others the queue is a ring, full when it has its chunks or its bytes, which
/// never keeps anybody. What is parked and has credit does not count in the ring: it leaves as soon
/// as the call has returned.
///
/// Marks that wait side by side become one, a flush if one of them is: nobody needs to be told
/// twice. A mark never takes the place of a chunk.
///
/// Memory: with `block` one call's output; else the ring's chunks, and less than its bytes and one
///         chunk more, beyond the credit, and at most one mark beside each.
class outbound {
 public:
  /// `ring` is not looked at with `block`.
  /// Requires: policy == when_full::block || ring.chunks > 0.
  explicit outbound(when_full policy, credit_limits ring = {});

  /// Takes what a call emitted. After `stop` or `finish` it is discarded, counted.
  void put(edge_item item);
  void grant(edge_count limit) { credit_.grant(limit); }

  /// The next item that has credit, with its sequence number.
  struct departure {
    edge_item item;
    std::uint64_t sequence = 0;
  };
  std::optional<departure> next();

  /// The reader has enough, or the run is aborted: what is parked is discarded.
  void stop();
  /// Nothing more will be put; the end may be told once what is parked has gone.
  void finish() { finished_ = true; }
  /// Whether it is time to tell the end. True once: then the edge has ended.
  bool take_end();

  /// Whether something waits for credit, whatever the policy.
  bool parked() const { return !parked_.empty(); }
  /// Whether it keeps its producer from being called.
  bool blocks() const { return policy_ == when_full::block && !parked_.empty(); }
  /// Whether an item put now goes on at once.
  bool room() const {
    return stopped_ || policy_ != when_full::block || (parked_.empty() && credit_.may_send());
  }
  bool stopped() const { return stopped_; }
  bool ended() const { return ended_; }
  std::uint64_t last_sequence() const { return credit_.last_sequence(); }
  std::uint64_t parked_bytes() const { return parked_bytes_; }
  const sender_credit& credit() const { return credit_; }
  const producer_ledger& ledger() const { return ledger_; }

 private:
  bool take_in_mark(const edge_item& item);
  /// Where the ring is full, the chunk in it that waits longest; else none.
  std::optional<std::size_t> oldest_of_full_ring() const;
  void drop(std::size_t which);

  when_full policy_;
  credit_limits ring_;
  sender_credit credit_;
  std::deque<edge_item> parked_;
  std::uint64_t parked_bytes_ = 0;
  producer_ledger ledger_;
  bool stopped_ = false;
  bool finished_ = false;
  bool ended_ = false;
};

}  // namespace weir
