#pragma once

#include <functional>
#include <vector>

#include "runtime/expression/functions.hpp"
#include "runtime/expression/kernel.hpp"

namespace weir {

/// Computes an operator or function over whole series. May keep caches between chunks.
using apply = std::function<series(operands, const row_set&)>;

/// The loop of a function. `constants` has for each argument its series if it is the same for all
/// records, else null: what can be prepared once is (patterns, time zones).
apply text_function(const function_entry& entry, operands constants);
apply edit_function(const function_entry& entry);
/// Of `format`; `items_written`: the items are operands behind the text, not in one list.
apply format_function(const function_entry& entry, bool items_written);
apply list_function(const function_entry& entry);
apply conversion(const function_entry& entry);
apply time_function(const function_entry& entry, operands constants);
apply math_function(const function_entry& entry);

/// `value in [...]` with a list that is the same for all records.
apply membership(operands items);

/// `each_row` for a function: a value of a kind that it does not take is an error of its row.
template <class Compute>
series each_call(const function_entry& entry, operands of, const row_set& rows, Compute compute) {
  return each_row(of, rows, [&](series_writer& out, std::uint32_t row, const value_view* values) {
    for (std::size_t i = 0; i < of.size(); ++i)
      if (!entry.takes_at(i).has(values[i].kind))
        return out.fail(row, "type-mismatch", argument_mismatch(entry, i, values[i].kind));
    compute(out, row, values);
  });
}

}  // namespace weir
