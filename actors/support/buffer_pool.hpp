#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

#include "runtime/data/buffer.hpp"

namespace weir {

/// Buffers of one size that come back when their last reader lets them go, so that reading much
/// input asks the system for memory only at the start.
///
/// Memory:  at most `kept_max` idle buffers; all of them go with the pool's last owner.
/// Threads: buffers may be let go on any thread, also after the pool has gone.
class buffer_pool : public std::enable_shared_from_this<buffer_pool> {
 public:
  static constexpr std::size_t kept_max = 16;

  static std::shared_ptr<buffer_pool> of(std::size_t capacity) {
    return std::shared_ptr<buffer_pool>(new buffer_pool(capacity));
  }

  /// A buffer of the pool's size; what it holds is unspecified.
  std::shared_ptr<buffer> take();
  std::size_t capacity() const { return capacity_; }
  /// Number of buffers that wait to be taken again.
  std::size_t idle() const;

 private:
  explicit buffer_pool(std::size_t capacity) : capacity_(capacity) {}
  void give_back(std::unique_ptr<buffer> idle);

  const std::size_t capacity_;
  mutable std::mutex guard_;
  std::vector<std::unique_ptr<buffer>> idle_;
};

}  // namespace weir
