#pragma once

#include <cstdint>
#include <optional>

#include "runtime/base/byte_size.hpp"
#include "runtime/flow/planted_defect.hpp"

namespace weir {

/// Number of an edge in its plan.
using edge_id = std::uint32_t;

/// What the reader of an edge grants ahead: chunks and bytes in flight.
struct credit_limits {
  std::uint32_t chunks = 8;
  byte_size bytes = 8_MiB;

  bool operator==(const credit_limits&) const = default;
};

/// Chunks and bytes counted from the opening of an edge. Counters are absolute, so a message that
/// comes late or twice changes nothing.
struct edge_count {
  std::uint64_t chunks = 0;
  std::uint64_t bytes = 0;

  bool operator==(const edge_count&) const = default;
};

/// The producer's half of an edge's credit: sends while less is sent than the limit, in both.
///
/// So at most `chunks` chunks are in flight, and less than `bytes` and one chunk more. A mark costs
/// one chunk and no bytes.
class sender_credit {
 public:
  /// Raises the limit; what is lower than before is late and ignored.
  void grant(edge_count limit);
  bool may_send() const {
    const std::uint64_t more = is_planted(planted_defect::one_too_many) ? 1 : 0;
    return sent_.chunks < limit_.chunks + more && sent_.bytes < limit_.bytes + more;
  }
  /// Counts what is sent; answers its sequence number, from 1.
  /// Requires: may_send().
  std::uint64_t spend(std::uint64_t bytes);
  /// The sequence number of the last that was sent; 0: none.
  std::uint64_t last_sequence() const { return sent_.chunks; }
  edge_count sent() const { return sent_; }
  edge_count limit() const { return limit_; }

 private:
  edge_count limit_ = is_planted(planted_defect::first_one_free) ? edge_count{1, 1} : edge_count{};
  edge_count sent_;
};

/// The consumer's half: takes what comes in sequence and grants more as it is used up.
class receiver_credit {
 public:
  explicit receiver_credit(credit_limits capacity) : capacity_(capacity) {}

  /// The first limit, told when the edge is opened.
  edge_count open();
  /// Counts what has arrived. False: the sequence has a gap or a repetition.
  bool arrive(std::uint64_t sequence, std::uint64_t bytes);
  /// Counts what has left the queue for good; answers a new limit when it is time to tell one: when
  /// half of either capacity can be granted anew, and at once when the queue is empty.
  std::optional<edge_count> release(std::uint64_t bytes);
  /// A new limit if there is any to tell: for a reader that is about to wait for something else, so
  /// that no credit is kept back meanwhile.
  std::optional<edge_count> tell();
  /// Enlarges the capacity; answers the new limit. A capacity never shrinks.
  edge_count widen(credit_limits capacity);

  const credit_limits& capacity() const { return capacity_; }
  edge_count granted() const { return granted_; }
  edge_count arrived() const { return arrived_; }
  /// What has arrived and not left.
  edge_count in_queue() const {
    return {arrived_.chunks - released_.chunks, arrived_.bytes - released_.bytes};
  }

 private:
  edge_count limit() const {
    if (is_planted(planted_defect::credit_on_receipt))
      return {arrived_.chunks + capacity_.chunks, arrived_.bytes + capacity_.bytes.bytes};
    return {released_.chunks + capacity_.chunks, released_.bytes + capacity_.bytes.bytes};
  }

  credit_limits capacity_;
  edge_count granted_;
  edge_count arrived_;
  edge_count released_;
};

}  // namespace weir
