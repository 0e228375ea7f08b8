#pragma once

#include <algorithm>
#include <string>

#include "runtime/data/column_builder.hpp"
#include "runtime/data/records.hpp"
#include "runtime/expression/evaluator.hpp"

namespace weir::testing {

/// The value or error of each record, a line each: values as JSON behind their kind.
inline std::string told(const evaluated& found, const chunk& over) {
  std::string out;
  auto error = found.errors.begin();
  over.each_row([&](std::uint32_t row) {
    if (!out.empty()) out += '\n';
    if (error != found.errors.end() && error->row == row) {
      out += error->code;
      ++error;
      return;
    }
    const auto value = found.values->at(row);
    if (value.kind != value_kind::json && value.kind != value_kind::null &&
        value.kind != value_kind::boolean)
      out += std::string(name_of(value.kind)) + ' ';
    append_json(out, value);
  });
  return out;
}

/// The values and errors, texts included.
inline std::string all_told(evaluator& run, const chunk& over) {
  const auto found = run.evaluate(over);
  std::string out = told(found, over);
  for (const auto& e : found.errors) out += "\n" + e.text;
  return out;
}

/// The same values, stored as cells whether they agree or not.
inline column_ptr as_cells(const column& from) {
  column_builder builder;
  // Two kinds in front make the storage tagged; the rows behind them are the column's.
  builder.append_boolean(true);
  builder.append_int64(1);
  for (std::size_t row = 0; row < from.size(); ++row) builder.append(from.at(row));
  const column_ptr all = builder.finish();
  const auto cells = std::make_shared<buffer>(from.size() * sizeof(cell));
  std::copy(all->cells().begin() + 2, all->cells().end(), cells->as<cell>(from.size()).begin());
  return column::of({.storage = storage_kind::tagged,
                     .size = from.size(),
                     .validity = nullptr,
                     .values = cells,
                     .texts = nullptr,
                     .data = {all->data().begin(), all->data().end()}});
}

/// The same records, every column stored as cells.
inline chunk_ptr with_cells(const chunk_ptr& from) {
  chunk::parts parts = from->all();
  for (auto& c : parts.columns) c = as_cells(*c);
  return make_chunk(std::move(parts));
}

}  // namespace weir::testing
