#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "runtime/data/chunk.hpp"

namespace weir {

/// Collects the keys' orders of the rows of one chunk.
class key_order_collector {
 public:
  explicit key_order_collector(std::uint32_t rows) { collected_.of_row.resize(rows); }

  /// Tells the order of the keys that the record in `row` has; columns it leaves out follow.
  void add(std::uint32_t row, std::vector<std::uint32_t> order);
  /// Null where all records have the columns' order.
  std::shared_ptr<const key_orders> finish();

 private:
  key_orders collected_;
  std::map<std::vector<std::uint32_t>, std::uint32_t> known_;
};

/// Calls `visit(number)` with the columns of which the record in `row` has a value, in the order of
/// its keys.
template <class Visit>
void each_key(const chunk& in, std::uint32_t row, Visit visit) {
  const auto columns = static_cast<std::uint32_t>(in.columns().size());
  const auto visit_valid = [&](std::uint32_t number) {
    if (!in.columns()[number]->is_null(row)) visit(number);
  };
  const std::uint32_t listed = in.orders() ? in.orders()->of_row[row] : 0;
  std::vector<bool> visited(listed == 0 ? 0 : columns);
  if (listed != 0)
    for (const auto number : in.orders()->orders[listed - 1]) {
      visit_valid(number);
      visited[number] = true;
    }
  for (std::uint32_t number = 0; number < columns; ++number)
    if (visited.empty() || !visited[number]) visit_valid(number);
}

/// How a stage that changes records moves their columns.
struct moved_columns {
  /// By number of an old column: where it is now; none if it is gone. Two may have become one.
  std::vector<std::optional<std::uint32_t>> to;
  /// The columns that were given values, in the order this happened. A record that did not have
  /// such a key before has it last.
  std::vector<std::uint32_t> given;
};

/// The key orders of the changed records, so that each record's keys stand as they came, new ones
/// last, whatever other records share its chunk. Null where all have the columns' order.
///
/// Time: nothing a record, unless records have orders of their own, or a column that was given
///       values was there before and not in every record.
std::shared_ptr<const key_orders> moved_orders(const chunk& before, const moved_columns& how);

}  // namespace weir
