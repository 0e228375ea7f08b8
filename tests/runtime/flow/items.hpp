#pragma once

#include <cstdint>
#include <memory>
#include <numeric>
#include <utility>
#include <vector>

#include "runtime/flow/item.hpp"

namespace weir::testing {

/// A chunk of that many records of no columns, in 256 + 4 * records bytes.
inline edge_item item_of(std::uint32_t records) {
  std::vector<std::uint32_t> rows(records);
  std::iota(rows.begin(), rows.end(), 0);
  chunk::parts parts;
  parts.columns_schema = std::make_shared<const schema>();
  parts.rows = records + 1;
  parts.selection = std::make_shared<const std::vector<std::uint32_t>>(std::move(rows));
  return {make_chunk(std::move(parts)), {}};
}

inline edge_item mark_of(mark::kind what) { return {nullptr, {what}}; }

}  // namespace weir::testing
