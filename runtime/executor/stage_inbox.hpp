#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <variant>
#include <vector>

#include "runtime/executor/messages.hpp"
#include "runtime/flow/message.hpp"

namespace weir {

/// A time set by a shell has come.
struct wake_due {
  std::uint64_t number = 0;
};
/// Somebody used the stage's waker.
struct stage_woken {};
/// The call made in the stage's own thread has returned.
struct call_returned {};

/// All that a shell may be told.
using shell_message = std::variant<upstream_message, downstream_message, shell_command, wake_due,
                                   stage_woken, call_returned>;

/// What was sent to one stage and not yet told to its shell.
///
/// The reader is at work, and looks again before it rests, or rests, and is to be woken by who puts
/// the next message: so one wake-up serves as many messages as come while it works.
///
/// Order:   as they were put.
/// Bounds:  by credit, one wake-up and the supervisor's few commands.
/// Threads: `put` from any; the rest from the reader's.
class stage_inbox {
 public:
  /// True: the reader rests, and the caller is the one who has to wake it.
  [[nodiscard]] bool put(shell_message message);
  /// Puts all that waits into `into`, in place of what that held.
  void take(std::vector<shell_message>& into);
  bool empty() const { return empty_.load(std::memory_order_relaxed); }
  /// The reader has nothing more to do. False: something has come meanwhile.
  [[nodiscard]] bool rest();

 private:
  std::mutex lock_;
  std::vector<shell_message> waiting_;
  std::atomic<bool> empty_{true};  // so that looking costs no lock
  bool woken_ = false;             // a second wake-up adds nothing to one that waits
  bool resting_ = true;
};

}  // namespace weir
