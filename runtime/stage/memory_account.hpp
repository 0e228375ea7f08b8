#pragma once

#include <atomic>
#include <cstdint>

#include "runtime/base/byte_size.hpp"
#include "runtime/base/result.hpp"

namespace weir {

/// The memory that a whole run may hold, and what its parts hold of it.
///
/// Threads: any.
class memory_budget {
 public:
  explicit memory_budget(byte_size most) : most_(most) {}

  byte_size most() const { return most_; }
  byte_size held() const { return {held_.load(std::memory_order_relaxed)}; }
  /// The most that was ever held at once.
  byte_size peak() const { return {peak_.load(std::memory_order_relaxed)}; }
  /// Changes what is held by `bytes`; answers whether it is within the budget then.
  bool add(std::int64_t bytes) {
    const auto change = static_cast<std::uint64_t>(bytes);
    const std::uint64_t now = held_.fetch_add(change, std::memory_order_relaxed) + change;
    std::uint64_t peak = peak_.load(std::memory_order_relaxed);
    while (bytes > 0 && now > peak && !peak_.compare_exchange_weak(peak, now)) {
    }
    return now <= most_.bytes;
  }

 private:
  byte_size most_;
  std::atomic<std::uint64_t> held_{0};
  std::atomic<std::uint64_t> peak_{0};
};

/// What one stage holds beyond its calls (groups, joined rows, rings), told by the stage itself.
///
/// Threads: the stage's.
class memory_account {
 public:
  explicit memory_account(memory_budget& of) : budget_(&of) {}
  memory_account(const memory_account&) = delete;
  memory_account& operator=(const memory_account&) = delete;
  ~memory_account() { budget_->add(-static_cast<std::int64_t>(held_)); }

  /// Tells how much is held now.
  /// Errors: `memory-exceeded` with the account's figures; what is held is told all the same.
  result<void> hold(byte_size now);
  byte_size held() const { return {held_}; }
  /// What it is an account of: for another one, of what is handed from stage to stage.
  memory_budget& budget() { return *budget_; }

 private:
  memory_budget* budget_;
  std::uint64_t held_ = 0;
};

}  // namespace weir
