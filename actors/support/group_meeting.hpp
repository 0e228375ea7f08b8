#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

#include "actors/support/group_runs.hpp"
#include "actors/support/group_states.hpp"
#include "runtime/stage/memory_account.hpp"

namespace weir {

/// Where the workers of one aggregate put together what each of them has counted.
///
/// A worker brings its share when it has seen the end of its input. Whoever finds another share
/// there takes it, adds it to its own and comes again, so that shares are merged while other
/// workers still count, and whoever has put together all of them makes the records. Which one that
/// is, and in which order they were merged, changes nothing in the results. A worker that fails or
/// is aborted brings nothing; then nobody has all, and nothing comes out.
///
/// Threads: any.
class group_meeting {
 public:
  struct share {
    std::unique_ptr<group_states> states;
    group_runs runs;                          ///< what did not fit into memory
    unsigned workers = 0;                     ///< whose counts are in it
    std::unique_ptr<memory_account> account;  ///< of the states, while they lie here
  };

  explicit group_meeting(unsigned workers) : workers_(workers) {}

  /// Whether `mine` is all there is. If not, either answers another share in `other`, to be added
  /// to it, or takes it away for another worker to come.
  bool bring(share& mine, share& other);

  unsigned workers() const { return workers_; }
  /// Whether no worker asked before: what all of them do is told once.
  bool is_first_to_spill() { return !has_spilled_.exchange(true); }

 private:
  const unsigned workers_;
  std::mutex mutex_;
  share waiting_;
  std::atomic<bool> has_spilled_{false};
};

}  // namespace weir
