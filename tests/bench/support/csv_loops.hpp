#pragma once

#include <string>
#include <vector>

namespace weir::testing {

// Like the loops of hand_loops.hpp, for CSV, and with less of a library: made for what the lines of
// one file look like, by blocks of sixteen bytes.

/// Writes all ten keys of a record as a line of CSV, below a header.
void columns_by_hand(const std::vector<std::string>& inputs, const std::string& output);

/// Reads CSV with the columns `id ts_ms sensor x y z temp count` and writes the number of records
/// and the sum of `x`. Quotes are none of its business: it throws.
void sum_by_hand(const std::vector<std::string>& inputs, const std::string& output);

}  // namespace weir::testing
