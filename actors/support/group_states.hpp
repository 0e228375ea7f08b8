#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "actors/support/accumulator.hpp"
#include "actors/support/group_table.hpp"
#include "runtime/data/known_columns.hpp"
#include "runtime/stage/memory_account.hpp"

namespace weir {

/// Groups and their running aggregates: all of an aggregate's, or those that one of its workers
/// saw.
///
/// Threads: one thread at a time.
struct group_states {
  group_states(std::size_t keys, std::span<const accumulator_kind> kinds, std::uint64_t seed);

  /// Adds all of another one with the same keys and kinds. Which of two is added to which does not
  /// matter for what comes out.
  /// Requires: groups.size() + from.groups.size() < 2^32.
  void merge(const group_states& from);
  std::size_t bytes() const;

  group_table groups;
  std::vector<std::unique_ptr<accumulator>> running;  ///< by kind, as they were given
  known_columns seen;                                 ///< declared types of the columns it read
};

/// Learns the types of columns; where two that bear one name disagree there is none.
void add_types(known_columns& to, const field& what);

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
    unsigned workers = 1;                     ///< whose counts are in it
    std::unique_ptr<memory_account> account;  ///< of what lies here
  };

  explicit group_meeting(unsigned workers) : workers_(workers) {}

  /// Whether `mine` is all there is. If not, either answers another share in `other`, to be added
  /// to it, or takes it away for another worker to come.
  bool bring(share& mine, share& other);

 private:
  const unsigned workers_;
  std::mutex mutex_;
  share waiting_;
};

}  // namespace weir
