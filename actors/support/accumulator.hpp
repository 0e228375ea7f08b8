#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
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
/// Nulls are skipped. Values are taken one by one in the order of the records, so what comes out
/// does not depend on how the records were cut into chunks.
///
/// Threads: one thread at a time.
class accumulator {
 public:
  virtual ~accumulator() = default;

  /// Takes the values in `rows`, that in `rows[i]` for group `groups[i]`. `groups_all` is how many
  /// groups there are; new ones start empty. A tally without `values` counts every row.
  virtual void add(const column* values, std::span<const std::uint32_t> rows,
                   std::span<const std::uint32_t> groups, std::size_t groups_all) = 0;

  /// Appends what `function` says of a group, and answers about how many bytes that takes.
  /// `parameter` is the `q` of a quantile.
  ///
  /// `count` is an int. `sum` of ints is an int, or where 64 bits do not hold it a double; with a
  /// double among them it is a double. `mean` and `quantile` are doubles; `min` and `max` are the
  /// first of the values that are equally least or greatest, by `compare_values`. Of no values all
  /// but `count` are null.
  /// Requires: accumulator_of(function) is this kind.
  virtual std::size_t append(aggregate_function function, double parameter, std::uint32_t group,
                             column_builder& to) const = 0;

  virtual std::size_t bytes() const = 0;
};

std::unique_ptr<accumulator> make_accumulator(accumulator_kind kind);

}  // namespace weir
