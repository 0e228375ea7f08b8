#pragma once

#include <cstdint>
#include <span>

#include "runtime/data/column.hpp"

namespace weir {

/// Calls `visit(i)` for each `rows[i]` that has a value, in order, with one test a row where the
/// column has nulls and none where it has not.
/// Requires: storage is neither `null` nor `tagged`.
template <class Visit>
void each_value(const column& values, std::span<const std::uint32_t> rows, Visit visit) {
  const std::uint64_t* valid = values.validity();
  if (valid == nullptr) {
    for (std::size_t i = 0; i < rows.size(); ++i) visit(i);
    return;
  }
  for (std::size_t i = 0; i < rows.size(); ++i)
    if ((valid[rows[i] >> 6] >> (rows[i] & 63) & 1) != 0) visit(i);
}

/// Gives `to.integer(group, value)` and `to.number(group, value)` the numbers of a column, that in
/// `rows[i]` for group `groups[i]`.
template <class Taker>
void take_numbers(const column& values, std::span<const std::uint32_t> rows,
                  std::span<const std::uint32_t> groups, Taker& to) {
  if (values.storage() == storage_kind::int64) {
    const auto array = values.int64s();
    each_value(values, rows, [&](std::size_t i) { to.integer(groups[i], array[rows[i]]); });
  } else if (values.storage() == storage_kind::float64) {
    const auto array = values.float64s();
    each_value(values, rows, [&](std::size_t i) { to.number(groups[i], array[rows[i]]); });
  } else if (values.storage() == storage_kind::tagged) {
    const auto cells = values.cells();
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const cell& c = cells[rows[i]];
      if (c.kind == value_kind::int64) to.integer(groups[i], c.int64);
      if (c.kind == value_kind::float64) to.number(groups[i], c.float64);
    }
  }
}

}  // namespace weir
