#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "runtime/data/column.hpp"
#include "runtime/data/column_builder.hpp"

namespace weir {

/// The aggregate functions, by the names they have in expressions.
enum class aggregate_function : std::uint8_t { count, sum, mean, min, max, quantile };

/// Requires: `name` is one of `aggregate_functions()`.
aggregate_function aggregate_function_named(std::string_view name);

/// What calls that need the same running state share: `mean(x)` and `sum(x)` do.
enum class accumulator_kind : std::uint8_t { tally, moments, least, greatest, sketch };

accumulator_kind accumulator_of(aggregate_function function);

/// Whether the kind takes numbers only. `add` must not meet other values then.
bool takes_only_numbers(accumulator_kind kind);

/// The running state of an aggregate, one for each group, kept in arrays.
///
/// Nulls are skipped. What comes out depends on the values alone, to the last bit: not on their
/// order, nor on how they were cut into chunks or shared among states that were merged.
///
/// Threads: one thread at a time.
class accumulator {
 public:
  accumulator() = default;
  accumulator(const accumulator&) = delete;
  accumulator& operator=(const accumulator&) = delete;
  virtual ~accumulator() = default;

  /// Takes the values in `rows`, that in `rows[i]` for group `groups[i]`. `groups_all` is how many
  /// groups there are; new ones start empty. A tally without `values` counts every row.
  virtual void add(const column* values, std::span<const std::uint32_t> rows,
                   std::span<const std::uint32_t> groups, std::size_t groups_all) = 0;

  /// Appends what `function` says of a group, and answers about how many bytes that takes.
  /// `parameter` is the `q` of a quantile.
  ///
  /// `count` is an int. `sum` of ints is an int, or where 64 bits do not hold it a double; with a
  /// double among them it is a double: the exact sum, rounded once. `mean` is that sum, divided,
  /// and as finite as the values are. `quantile` is a double; of the values that are equally least
  /// or greatest, by `compare_values`, `min` and `max` are the one that `stands_before` the others.
  /// Of no values all but `count` are null. Requires: accumulator_of(function) is this kind.
  virtual std::size_t append(aggregate_function function, double parameter, std::uint32_t group,
                             column_builder& to) const = 0;

  /// Adds all that `from` has: of its group number `i` to group `groups[i]` here. `groups_all` is
  /// as in `add`.
  /// Requires: `from` is of the same kind, and `groups` names each of its groups.
  virtual void merge(const accumulator& from, std::span<const std::uint32_t> groups,
                     std::size_t groups_all) = 0;

  /// Appends a group's state to `to`, as bytes for this run alone.
  virtual void save(std::uint32_t group, std::string& to) const = 0;
  /// Adds a state that was saved to a group, and takes it off `from`.
  /// Requires: group < groups_all.
  virtual void load(std::string_view& from, std::uint32_t group, std::size_t groups_all) = 0;

  virtual std::size_t bytes() const = 0;
  /// What it takes beside that to have so many groups, but for what differs from group to group.
  virtual std::size_t bytes_to_grow(std::size_t groups_all) const = 0;
};

std::unique_ptr<accumulator> make_accumulator(accumulator_kind kind);

// The makers of each kind, which have files of their own.
std::unique_ptr<accumulator> make_moments();
std::unique_ptr<accumulator> make_extreme(bool is_greatest);
std::unique_ptr<accumulator> make_sketches();

}  // namespace weir
