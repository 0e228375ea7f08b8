#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <utility>

#include "runtime/base/check.hpp"

namespace weir {

/// Puts results of parallel work back into the order of their tickets.
///
/// Memory: at most `ahead` results wait; a ticket is given out only while it is at most that far
///         ahead of the next release, so a slow worker holds the others back instead of memory.
template <class T>
class reorder_ring {
 public:
  /// Requires: 0 < ahead.
  explicit reorder_ring(std::uint64_t ahead) : ahead_(ahead) {
    WEIR_CHECK(ahead > 0, "a reorder ring without room");
  }

  bool may_issue() const { return issued_ < released_ + ahead_; }
  /// The next ticket, from 0. Requires: may_issue().
  std::uint64_t issue() {
    WEIR_CHECK(may_issue(), "a ticket beyond the reorder ring");
    waiting_.emplace_back();
    return issued_++;
  }
  /// Takes the result of a ticket; each ticket once, in any order.
  void put(std::uint64_t ticket, T value) {
    WEIR_CHECK(ticket >= released_ && ticket < issued_, "a result without a ticket");
    auto& place = waiting_[static_cast<std::size_t>(ticket - released_)];
    WEIR_CHECK(!place, "two results for one ticket");
    place.emplace(std::move(value));
  }
  /// The result whose turn it is, if it has come.
  std::optional<T> release() {
    if (waiting_.empty() || !waiting_.front()) return std::nullopt;
    std::optional<T> next = std::move(waiting_.front());
    waiting_.pop_front();
    ++released_;
    return next;
  }
  /// Whether every issued ticket was released.
  bool empty() const { return waiting_.empty(); }

 private:
  std::uint64_t ahead_;
  std::uint64_t issued_ = 0;
  std::uint64_t released_ = 0;
  std::deque<std::optional<T>> waiting_;
};

}  // namespace weir
