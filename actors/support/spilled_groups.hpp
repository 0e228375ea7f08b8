#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "actors/support/group_states.hpp"
#include "actors/support/spill_file.hpp"

namespace weir {

/// Groups and their states that left memory, sorted by their keys: a part of a file.
struct group_run {
  std::shared_ptr<spill_file> file;
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

/// Writes all groups to the end of the file.
///
/// Memory: `groups.bytes_to_sort()` beside the groups themselves.
result<group_run> write_run(const std::shared_ptr<spill_file>& to, const group_states& from);

/// Reads runs back side by side, in the order of the keys: states of one group in several runs
/// come together.
///
/// Memory:  a buffer for each run, of the size given or that of its largest group.
/// Threads: one thread at a time.
class group_merge {
 public:
  group_merge(std::span<const group_run> runs, std::size_t keys, std::size_t buffer_bytes);
  ~group_merge();
  group_merge(group_merge&&) noexcept;
  group_merge& operator=(group_merge&&) noexcept;

  /// Goes to the first group, later to the next.
  result<void> advance();
  /// Whether the last group is behind. What follows is asked only while there is one at hand.
  bool done() const { return at_hand_.empty(); }

  /// A value of the key of the group at hand. Memory: its text lives until the next `advance`.
  value_view key(std::size_t number) const;
  /// The text by which a list or map is compared; of others none.
  std::string_view form(std::size_t number) const;
  /// Adds the states of the group at hand, and answers about how many bytes they take.
  std::size_t load(std::span<const std::unique_ptr<accumulator>> to, std::uint32_t group,
                   std::size_t groups_all) const;

  /// What the buffers take.
  std::size_t bytes() const;

 private:
  class run_reader;

  std::vector<std::unique_ptr<run_reader>> readers_;
  std::vector<run_reader*> waiting_;  // a heap, the least key on top
  std::vector<run_reader*> at_hand_;  // all that have the key at hand
};

/// Makes at most `runs_most` runs of more, by merging the first ones as often as needed.
/// Requires: 1 < runs_most.
result<void> make_fewer_runs(std::vector<group_run>& runs, std::size_t runs_most, std::size_t keys,
                             std::span<const accumulator_kind> kinds, std::size_t buffer_bytes);

}  // namespace weir
