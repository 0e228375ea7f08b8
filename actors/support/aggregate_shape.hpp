#pragma once

#include <vector>

#include "runtime/config/option_type.hpp"
#include "runtime/config/problems.hpp"
#include "runtime/data/known_columns.hpp"
#include "runtime/stage/column_demand.hpp"

// What the options of an aggregate mean before any record is seen. Options that could not be read
// are left out.

namespace weir {

/// Whether a path is simply a column: neither a nested value nor a name that stands for a record's
/// place (`_file`, `_offset`, `_line`). The others are evaluated as expressions.
bool is_plain_column(const column_path& path);

/// Whether the value is that of the only call, without arithmetic.
bool is_plain_call(const aggregate_expression& what);

/// The columns it reads of its input.
column_demand columns_read(const std::vector<column_path>& by,
                           const named<aggregate_option>& compute);

/// The columns it makes: those of `by`, named by the last step of their paths, then the computed
/// ones. Their types follow from what is known of the input's columns.
std::vector<field> columns_made(const std::vector<column_path>& by,
                                const named<aggregate_option>& compute, const known_columns& in);

/// Refuses columns of one name, and options that make no column at all. `from` is the map that the
/// options were read from.
void check_names(const std::vector<column_path>& by, const named<aggregate_option>& compute,
                 const config_value& from, problems& found);

}  // namespace weir
