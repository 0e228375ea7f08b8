#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "actors/codecs/canonical_json.hpp"
#include "actors/support/hash_index.hpp"
#include "runtime/data/column.hpp"

namespace weir {

/// Numbers the distinct values of a column from 0 on, in order of first appearance.
///
/// Two values are one if `compare_values` says that they are equal, two lists or maps if they are
/// the same value however they are written; that one stands for all which `stands_before` the
/// others, whichever came first. Null is a value like the others.
///
/// Memory:  copies what it keeps; 8 KiB, 48 to 128 bytes a value, and texts above 12 bytes.
/// Time:    O(1) a row, in one loop for each storage; allocates for new values only.
/// Threads: one thread at a time.
class value_table {
 public:
  /// `seed` keeps whoever writes the input from knowing which values share a hash.
  explicit value_table(std::uint64_t seed) : seed_(seed) {}

  /// Sets `numbers[i]` to the number of the value in row `rows[i]`.
  /// Requires: numbers.size() == rows.size(); size() + rows.size() < 2^32.
  void find(const column& values, std::span<const std::uint32_t> rows,
            std::span<std::uint32_t> numbers);

  /// The same for all values of another table: `numbers` is set to their numbers here.
  /// Requires: numbers.size() == from.size().
  void find(const value_table& from, std::span<std::uint32_t> numbers);

  std::size_t size() const { return cells_.size(); }
  /// Memory: the text lives as long as the table.
  value_view at(std::uint32_t number) const;
  /// The text by which a list or map is compared: its own in canonical form. Of others none.
  std::string_view form(std::uint32_t number) const;
  /// The place of each value in the order of `compare_values`, lists and maps by their `form`.
  std::vector<std::uint32_t> ranks() const;
  std::size_t bytes() const;
  /// What it takes beside that to add so many values, but for their texts.
  std::size_t bytes_to_grow(std::size_t more) const;

 private:
  struct rough_place;
  rough_place place_of(std::uint32_t number, std::size_t common) const;
  std::size_t common_start() const;
  std::uint32_t find_null();
  template <class Same, class Hash, class Find>
  void find_each(const column& values, std::span<const std::uint32_t> rows,
                 std::span<std::uint32_t> numbers, Same is_same, Hash hash, Find find);
  std::uint32_t find_integer(std::int64_t value, value_kind kind, std::uint32_t hash);
  std::uint32_t find_number(double value, std::string_view text);
  void take_starts(const column& values);
  const char* start_of(const string_ref& ref) const;
  std::uint32_t hash_of_text(const string_ref& ref, value_kind kind) const;
  bool is_same(const string_ref& left, const string_ref& right) const;
  std::uint32_t find_text(const string_ref& ref, value_kind kind, std::uint32_t hash);
  std::uint32_t find_json(std::string_view text);
  std::uint32_t find_boolean(bool value);
  std::uint32_t find_cell(const cell& value, std::span<const buffer_ptr> data);
  std::uint32_t add(cell value);
  void prefer(std::uint32_t number, const value_view& value);
  string_ref keep(std::string_view text);

  std::uint64_t seed_;
  hash_index index_;
  std::vector<cell> cells_;
  std::vector<buffer_ptr> texts_;         // what the cells' texts point into
  std::vector<const char*> kept_starts_;  // of texts_
  std::vector<const char*> starts_;       // of the buffers of the column at hand
  std::shared_ptr<buffer> last_texts_;
  std::size_t last_used_ = 0;
  bool has_runs_ = false;  // most rows of the last column had the value of the row before
  std::size_t texts_bytes_ = 0;
  std::optional<codecs::canonical_json> canonical_;  // once there was a list or map
  std::map<std::uint32_t, string_ref> forms_;  // of the lists and maps that are written otherwise
};

}  // namespace weir
