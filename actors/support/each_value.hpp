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

}  // namespace weir
