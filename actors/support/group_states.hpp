#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "actors/support/accumulator.hpp"
#include "actors/support/group_table.hpp"
#include "runtime/data/known_columns.hpp"

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
  /// What it takes beside that to add so many groups, or to sort those that are there.
  std::size_t bytes_to_go_on(std::size_t more) const;

  group_table groups;
  std::vector<std::unique_ptr<accumulator>> running;  ///< by kind, as they were given
  known_columns seen;                                 ///< declared types of the columns it read
};

/// Learns the types of columns; where two that bear one name disagree there is none.
void add_types(known_columns& to, const field& what);

}  // namespace weir
