#pragma once

#include <cstddef>
#include <filesystem>
#include <iterator>
#include <thread>

#include "runtime/base/clock.hpp"
#include "tests/support/hang_limit.hpp"

namespace weir::testing {

/// The number of threads of this process.
inline std::size_t threads_alive() {
  const std::filesystem::directory_iterator tasks("/proc/self/task");
  return static_cast<std::size_t>(std::distance(begin(tasks), end(tasks)));
}

/// Whether no more than `most` threads are left. A thread that was joined is listed a little
/// longer, and one that was let go ends by itself, so this waits, at most as long as a test may.
inline bool threads_fall_to(std::size_t most) {
  const auto deadline = machine_clock().now() + hang_limit;
  while (threads_alive() > most) {
    if (machine_clock().now() > deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

}  // namespace weir::testing
