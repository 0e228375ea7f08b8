#pragma once

#include <string>
#include <vector>

#include "runtime/data/chunk.hpp"
#include "runtime/expression/evaluator.hpp"

// Records whose values can't be used, by their rows.

namespace weir {

using row_errors = std::vector<evaluated::record_error>;

/// Adds an error for each record whose value is neither a number nor null nor in `errors` already.
/// `by` says who takes numbers, for the message.
void refuse_what_is_no_number(const chunk& records, const column& values, const std::string& by,
                              row_errors& errors);

/// The same values, with null in the rows that have an error. Requires: `errors` ascend.
column_ptr with_nulls(const column& values, const row_errors& errors);

/// Sorts them and leaves the first of each row.
void sort_by_row(row_errors& errors);

}  // namespace weir
