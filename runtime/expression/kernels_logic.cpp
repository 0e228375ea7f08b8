#include <fmt/format.h>

#include <algorithm>

#include "runtime/base/text.hpp"
#include "runtime/expression/kernel.hpp"

namespace weir {
namespace {

using syntax::operation;

// What a condition may be, as an index into the tables below.
enum truth : std::uint8_t { is_false, is_true, is_null, is_error };

truth truth_of(const series& a, std::uint32_t row) {
  const std::size_t at = a.constant ? 0 : row;
  const std::uint8_t state = a.state(at);
  if ((state & state_error) != 0) return is_error;
  if (state != 0) return is_null;
  return a.array<std::uint8_t>()[at] != 0 ? is_true : is_false;
}

// CEL's: false decides against everything, also an error, from either side. An error stands before
// a null, because the null might have been true.
constexpr truth and_table[4][4] = {
    {is_false, is_false, is_false, is_false},
    {is_false, is_true, is_null, is_error},
    {is_false, is_null, is_null, is_error},
    {is_false, is_error, is_error, is_error},
};
constexpr truth or_table[4][4] = {
    {is_false, is_true, is_null, is_error},
    {is_true, is_true, is_true, is_true},
    {is_null, is_true, is_null, is_error},
    {is_error, is_true, is_error, is_error},
};

// `reason` tells why a value of another kind is refused.
template <class Reason>
series as_boolean(const series& a, const row_set& rows, const Reason& reason) {
  if (a.storage == storage_kind::boolean || a.storage == storage_kind::null) return a;
  const series* one[] = {&a};
  return each_row(one, rows, [&](series_writer& out, std::uint32_t row, const value_view* v) {
    if (v->kind == value_kind::boolean) return out.boolean(row, v->boolean);
    out.fail(row, "type-mismatch", reason(v->kind));
  });
}

}  // namespace

row_set narrowed(const row_set& from, const std::uint8_t* chosen) {
  auto rows = std::make_shared<std::vector<std::uint32_t>>();
  rows->reserve(from.size());
  from.each([&](std::uint32_t row) {
    if (chosen[row] != 0) rows->push_back(row);
  });
  return row_set(from.rows(), std::move(rows));
}

series as_condition(std::string_view op, const series& a, const row_set& rows) {
  return as_boolean(a, rows, [&](value_kind found) {
    return fmt::format("'{}' takes bool, found {}", op, name_of(found));
  });
}

series as_whole_condition(std::string_view text, const series& a, const row_set& rows) {
  return as_boolean(a, rows, [&](value_kind found) {
    return fmt::format("a condition must be bool, and {} is {}", quoted(text), name_of(found));
  });
}

series logical_not(const series& a, const row_set& rows) {
  const series from = as_condition("!", a, rows);
  const series* one[] = {&from};
  if (from.storage == storage_kind::null) return nulls_of(one, rows);
  series out;
  auto* values = make_values<std::uint8_t>(out, storage_kind::boolean, rows);
  map_rows<std::uint8_t>(from, rows, values,
                         [](std::uint8_t x) { return static_cast<std::uint8_t>(x ^ 1U); });
  join_states(out, one, rows);
  return out;
}

series logical(operation op, const series& a, const series& b, const row_set& rows) {
  series out;
  auto* values = make_values<std::uint8_t>(out, storage_kind::boolean, rows);
  const bool both = op == operation::logical_and;
  const bool plain = a.storage == storage_kind::boolean && b.storage == storage_kind::boolean &&
                     a.states == nullptr && b.states == nullptr;
  if (plain) {
    using byte = std::uint8_t;
    if (both) {
      zip_rows<byte, byte>(a, b, rows, values,
                           [](byte x, byte y) { return static_cast<byte>(x & y); });
    } else {
      zip_rows<byte, byte>(a, b, rows, values,
                           [](byte x, byte y) { return static_cast<byte>(x | y); });
    }
    return out;
  }
  const auto& table = both ? and_table : or_table;
  auto* states = make_array<std::uint8_t>(out, rows.rows());
  std::fill(states, states + rows.rows(), std::uint8_t{0});
  bool failed = false;
  rows.each([&](std::uint32_t row) {
    const truth found = table[truth_of(a, row)][truth_of(b, row)];
    values[row] = found == is_true ? 1 : 0;
    states[row] = found == is_error ? state_error : found == is_null ? state_null : std::uint8_t{0};
    failed = failed || found == is_error;
  });
  out.states = states;
  if (!failed) return out;
  std::vector<evaluated::record_error> joined;
  const auto before = [](const auto& x, const auto& y) { return x.row < y.row; };
  std::set_union(a.errors.begin(), a.errors.end(), b.errors.begin(), b.errors.end(),
                 std::back_inserter(joined), before);
  std::copy_if(joined.begin(), joined.end(), std::back_inserter(out.errors),
               [&](const auto& e) { return states[e.row] == state_error; });
  return out;
}

}  // namespace weir
