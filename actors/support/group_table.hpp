#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "actors/support/hash_index.hpp"
#include "actors/support/value_table.hpp"

namespace weir {

/// Numbers the distinct combinations of the values of some columns, in order of first appearance.
///
/// Each column's values are numbered first, then these numbers pair by pair, so that every step is
/// a loop over one array, and no record's key is ever put together. Without key columns there is
/// one group from the start.
///
/// Memory:  what the values take (see `value_table`), and for each key column behind the first
///          8 KiB and 24 to 80 bytes for each combination of it and the columns before.
/// Threads: one thread at a time.
class group_table {
 public:
  group_table(std::size_t keys, std::uint64_t seed);

  /// Sets `groups[i]` to the group of row `rows[i]`, given a column for each key.
  /// Requires: groups.size() == rows.size(); size() + rows.size() < 2^32.
  void find(std::span<const column* const> keys, std::span<const std::uint32_t> rows,
            std::span<std::uint32_t> groups);

  /// The same for all groups of another table with as many keys: `groups` is set to their numbers
  /// here. Requires: groups.size() == from.size().
  void find(const group_table& from, std::span<std::uint32_t> groups);

  std::size_t size() const;
  std::size_t keys() const { return values_.size(); }
  /// The value of key column number `key`. Memory: its text lives as long as the table.
  value_view key(std::uint32_t group, std::size_t key) const;
  /// The text by which that value, if it is a list or map, is compared; of others none.
  std::string_view form(std::uint32_t group, std::size_t key) const;
  /// All groups in the order of their keys: by the first, then by the second and so on.
  std::vector<std::uint32_t> sorted() const;
  /// What the table holds now.
  std::size_t bytes() const;
  /// What it takes beside that to add so many groups, but for the texts of their keys.
  std::size_t bytes_to_grow(std::size_t more) const;
  /// What `sorted()` needs beside that, its answer included.
  std::size_t bytes_to_sort() const;

 private:
  std::uint32_t value_of(std::uint32_t group, std::size_t key) const;

  // The combinations of those of the columns before with the values of one more.
  struct combinations {
    struct pair {
      std::uint32_t before;
      std::uint32_t value;
    };
    std::uint32_t find(std::uint32_t before, std::uint32_t value, std::uint64_t seed);
    void find(std::span<const std::uint32_t> values, std::span<std::uint32_t> groups,
              std::uint64_t seed);

    hash_index index;
    std::vector<pair> pairs;
  };

  std::uint64_t seed_;
  std::vector<value_table> values_;
  std::vector<combinations> combined_;  // one less than values_
  std::vector<std::uint32_t> numbers_;  // of one chunk
};

}  // namespace weir
