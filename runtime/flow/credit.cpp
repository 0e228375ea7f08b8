#include "runtime/flow/credit.hpp"

#include <algorithm>

#include "runtime/base/check.hpp"

namespace weir {

void sender_credit::grant(edge_count limit) {
  limit_.chunks = std::max(limit_.chunks, limit.chunks);
  limit_.bytes = std::max(limit_.bytes, limit.bytes);
}

std::uint64_t sender_credit::spend(std::uint64_t bytes) {
  WEIR_CHECK(may_send(), "a chunk was sent without credit");
  sent_.bytes += bytes;
  return ++sent_.chunks;
}

edge_count receiver_credit::open() { return granted_ = limit(); }

bool receiver_credit::arrive(std::uint64_t sequence, std::uint64_t bytes) {
  if (sequence != arrived_.chunks + 1) return false;
  arrived_.chunks = sequence;
  arrived_.bytes += bytes;
  return true;
}

std::optional<edge_count> receiver_credit::release(std::uint64_t bytes) {
  WEIR_CHECK(released_.chunks < arrived_.chunks, "more left an edge than arrived on it");
  ++released_.chunks;
  released_.bytes += bytes;
  const edge_count now = limit();
  const bool half = (now.chunks - granted_.chunks) * 2 >= capacity_.chunks ||
                    (now.bytes - granted_.bytes) * 2 >= capacity_.bytes.bytes;
  const bool empty = in_queue().chunks == 0;
  if (!half && !empty) return std::nullopt;
  return granted_ = now;
}

std::optional<edge_count> receiver_credit::tell() {
  if (limit() == granted_) return std::nullopt;
  return granted_ = limit();
}

edge_count receiver_credit::widen(credit_limits capacity) {
  capacity_.chunks = std::max(capacity_.chunks, capacity.chunks);
  capacity_.bytes = std::max(capacity_.bytes, capacity.bytes);
  return granted_ = limit();
}

}  // namespace weir
