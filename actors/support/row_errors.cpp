#include "actors/support/row_errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "runtime/base/text.hpp"
#include "runtime/data/column_builder.hpp"

namespace weir {
namespace {

// What a function that takes numbers met instead, for messages.
std::string found_instead(const value_view& value) {
  const bool is_text = value.kind == value_kind::string || value.kind == value_kind::json;
  return is_text ? fmt::format("the {} {}", name_of(value.kind), quoted(value.text))
                 : fmt::format("a {}", name_of(value.kind));
}

bool is_number_or_null(value_kind kind) {
  return kind == value_kind::null || kind == value_kind::int64 || kind == value_kind::float64;
}

}  // namespace

void refuse_what_is_no_number(const chunk& records, const column& values, const std::string& by,
                              row_errors& errors) {
  const auto storage = values.storage();
  if (storage == storage_kind::null || storage == storage_kind::int64 ||
      storage == storage_kind::float64)
    return;
  // The rows that already have an error have no value that could be looked at.
  std::set<std::uint32_t> without;
  for (const auto& e : errors) without.insert(e.row);
  const auto cells = storage == storage_kind::tagged ? values.cells() : std::span<const cell>();
  records.each_row([&](std::uint32_t row) {
    if (!cells.empty() && is_number_or_null(cells[row].kind)) return;
    if (without.contains(row) || values.is_null(row)) return;
    errors.push_back({row, "type-mismatch",
                      fmt::format("{} takes numbers, not {}", by, found_instead(values.at(row)))});
  });
}

column_ptr with_nulls(const column& values, const row_errors& errors) {
  column_builder out(values.size());
  auto next = errors.begin();
  for (std::uint32_t row = 0; row < values.size(); ++row) {
    if (next != errors.end() && next->row == row) {
      ++next;
      out.append_null();
    } else {
      out.append(values.at(row));
    }
  }
  return out.finish();
}

void sort_by_row(row_errors& errors) {
  std::stable_sort(errors.begin(), errors.end(),
                   [](const auto& a, const auto& b) { return a.row < b.row; });
  const auto same_row = [](const auto& a, const auto& b) { return a.row == b.row; };
  errors.erase(std::unique(errors.begin(), errors.end(), same_row), errors.end());
}

}  // namespace weir
