#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "actors/support/spilled_groups.hpp"
#include "runtime/stage/context.hpp"

namespace weir {

/// All runs of an aggregate's groups that did not fit into memory, and the file for further ones.
///
/// Errors:  `spill-file`, with what a user can do.
/// Threads: one thread at a time.
class group_runs {
 public:
  bool empty() const { return runs_.empty(); }
  /// Writes groups to a file in the run's temporary folder.
  result<void> add(const group_states& groups, context& of);
  /// Takes over the runs of another worker.
  void add(const group_runs& other);
  /// Reads all runs side by side, at the first group: so many that their buffers take an eighth of
  /// the run's memory, after some were merged into one where there are more.
  result<group_merge> merge(std::size_t keys, std::span<const accumulator_kind> kinds, context& of);

 private:
  std::vector<group_run> runs_;
  std::shared_ptr<spill_file> file_;
};

}  // namespace weir
