#include "runtime/expression/kernels_lazy.hpp"

#include <algorithm>

namespace weir {
namespace {

using syntax::operation;

// The row's own error, or null, or the value, of one side of a conditional.
void copy_row(series_writer& out, std::uint32_t row, const series& from) {
  const std::uint8_t state = from.state(from.constant ? 0 : row);
  if ((state & state_error) != 0) {
    out.inherit(row, from);
  } else {
    out.value(row, from.at(row));
  }
}

template <class T>
void copy_rows(const series& from, const row_set& rows, T* out) {
  const T* values = from.array<T>();
  const std::size_t step = from.constant ? 0 : 1;
  rows.each([&](std::uint32_t row) { out[row] = values[row * step]; });
}

void copy_states(const series& from, const row_set& rows, std::uint8_t* out) {
  rows.each([&](std::uint32_t row) { out[row] = from.state(from.constant ? 0 : row); });
}

struct side {
  const series& values;
  const row_set& rows;
};

bool has_own_loop(const series& a, const series& b) {
  return a.storage == b.storage && a.storage != storage_kind::null &&
         a.storage != storage_kind::tagged && a.number_texts == nullptr &&
         b.number_texts == nullptr;
}

void blend_texts(side a, side b, const row_set& rows, series& out) {
  auto* values = make_values<string_ref>(out, a.values.storage, rows);
  if (!rows.all()) std::fill(values, values + rows.rows(), string_ref());
  copy_rows(a.values, a.rows, values);
  auto data = std::make_shared<std::vector<buffer_ptr>>(a.values.data.begin(), a.values.data.end());
  const auto shift = static_cast<std::uint32_t>(data->size());
  data->insert(data->end(), b.values.data.begin(), b.values.data.end());
  const auto* refs = b.values.array<string_ref>();
  b.rows.each([&](std::uint32_t row) {
    const std::size_t at = b.values.constant ? 0 : row;
    values[row] = b.values.state(at) == 0 ? refs[at] : string_ref();
    if (!values[row].is_inline()) values[row].rebase(values[row].buffer() + shift);
  });
  out.data = *data;
  out.kept_data = std::move(data);
}

// Both sides in one series; rows of neither have the condition's errors.
series blend(side a, side b, const series& condition, const row_set& rows) {
  series out;
  if (!condition.errors.empty() || !has_own_loop(a.values, b.values)) {
    series_writer writer(rows);
    rows.each([&](std::uint32_t row) {
      if ((condition.state(condition.constant ? 0 : row) & state_error) != 0)
        writer.inherit(row, condition);
    });
    a.rows.each([&](std::uint32_t row) { copy_row(writer, row, a.values); });
    b.rows.each([&](std::uint32_t row) { copy_row(writer, row, b.values); });
    return writer.finish();
  }
  if (is_textual(a.values.storage)) {
    blend_texts(a, b, rows, out);
  } else if (a.values.storage == storage_kind::boolean) {
    auto* values = make_values<std::uint8_t>(out, a.values.storage, rows);
    copy_rows(a.values, a.rows, values);
    copy_rows(b.values, b.rows, values);
  } else if (a.values.storage == storage_kind::float64) {
    auto* values = make_values<double>(out, a.values.storage, rows);
    copy_rows(a.values, a.rows, values);
    copy_rows(b.values, b.rows, values);
  } else {
    auto* values = make_values<std::int64_t>(out, a.values.storage, rows);
    copy_rows(a.values, a.rows, values);
    copy_rows(b.values, b.rows, values);
  }
  if (a.values.states == nullptr && b.values.states == nullptr) return out;
  std::uint8_t* states = own_states(out, rows);
  copy_states(a.values, a.rows, states);
  copy_states(b.values, b.rows, states);
  std::merge(a.values.errors.begin(), a.values.errors.end(), b.values.errors.begin(),
             b.values.errors.end(), std::back_inserter(out.errors),
             [](const auto& x, const auto& y) { return x.row < y.row; });
  return out;
}

// Marks the rows for which a condition is not `deciding`; how many.
std::size_t mark_undecided(const series& condition, std::uint8_t deciding, const row_set& rows,
                           std::uint8_t* out) {
  std::size_t count = 0;
  if (condition.storage == storage_kind::boolean && condition.states == nullptr) {
    map_rows<std::uint8_t>(condition, rows, out, [&](std::uint8_t value) {
      const std::uint8_t open = value ^ deciding;
      count += open;
      return open;
    });
    return count;
  }
  rows.each([&](std::uint32_t row) {
    const std::size_t at = condition.constant ? 0 : row;
    const bool decided =
        condition.state(at) == 0 && condition.array<std::uint8_t>()[at] == deciding;
    out[row] = decided ? 0 : 1;
    count += out[row];
  });
  return count;
}

}  // namespace

logical_kernel::logical_kernel(operation op, kernel_ptr left, kernel_ptr right)
    : op_(op), left_(std::move(left)), right_(std::move(right)) {}

series logical_kernel::run(batch& over, const row_set& rows) {
  const std::uint8_t deciding = op_ == operation::logical_or ? 1 : 0;
  series left = as_condition(name_of(op_), left_->run(over, rows), rows);
  std::vector<std::uint8_t> needed(rows.rows());
  const std::size_t count = mark_undecided(left, deciding, rows, needed.data());
  if (count == 0) return left;
  const bool spare = count < rows.size() && (right_->costly() || count < rows.size() / 4);
  if (!spare) {
    const series right = as_condition(name_of(op_), right_->run(over, rows), rows);
    return logical(op_, left, right, rows);
  }
  const row_set rest = narrowed(rows, needed.data());
  const series right = as_condition(name_of(op_), right_->run(over, rest), rest);
  const series found = logical(op_, left, right, rest);
  series out;
  auto* values = make_values<std::uint8_t>(out, storage_kind::boolean, rows);
  std::fill(values, values + rows.rows(), deciding);
  copy_rows(found, rest, values);
  if (found.states == nullptr) return out;
  copy_states(found, rest, own_states(out, rows));
  out.errors = found.errors;
  return out;
}

conditional_kernel::conditional_kernel(kernel_ptr condition, kernel_ptr chosen, kernel_ptr other)
    : condition_(std::move(condition)), chosen_(std::move(chosen)), other_(std::move(other)) {}

series conditional_kernel::run(batch& over, const row_set& rows) {
  const series condition = as_condition("?:", condition_->run(over, rows), rows);
  std::vector<std::uint8_t> chosen(rows.rows());
  std::vector<std::uint8_t> other(rows.rows());
  std::size_t chosen_count = 0;
  std::size_t other_count = 0;
  rows.each([&](std::uint32_t row) {
    const std::size_t at = condition.constant ? 0 : row;
    const std::uint8_t state = condition.state(at);
    const bool holds = state == 0 && condition.array<std::uint8_t>()[at] != 0;
    chosen[row] = holds ? 1 : 0;
    other[row] = !holds && (state & state_error) == 0 ? 1 : 0;
    chosen_count += chosen[row];
    other_count += other[row];
  });
  if (chosen_count == rows.size()) return chosen_->run(over, rows);
  if (other_count == rows.size()) return other_->run(over, rows);
  const row_set chosen_rows = narrowed(rows, chosen.data());
  const row_set other_rows = narrowed(rows, other.data());
  const series a = chosen_->run(over, chosen_rows);
  const series b = other_->run(over, other_rows);
  return blend({a, chosen_rows}, {b, other_rows}, condition, rows);
}

shared_kernel::shared_kernel(std::shared_ptr<kernel> what, std::size_t number)
    : what_(std::move(what)), number_(number) {}

series shared_kernel::run(batch& over, const row_set& rows) {
  if (const auto& kept = over.kept(number_); kept && kept->rows.covers(rows))
    return restricted(kept->values, rows);
  series made = what_->run(over, rows);
  auto& kept = over.kept(number_);
  if (!kept || kept->rows.size() < rows.size()) kept.emplace(batch::kept_series{made, rows});
  return made;
}

path_kernel::path_kernel(kernel_ptr from, std::vector<json_step> path)
    : from_(std::move(from)), path_(std::move(path)) {}

series path_kernel::run(batch& over, const row_set& rows) {
  const series from = from_->run(over, rows);
  const series* one[] = {&from};
  // What is neither a map nor a list has no steps: they are missing.
  if (from.storage != storage_kind::json && from.storage != storage_kind::tagged)
    return nulls_of(one, rows);
  return each_row(one, rows, [&](series_writer& out, std::uint32_t row, const value_view* v) {
    if (v->kind != value_kind::json) return out.null(row);
    if (const auto found = reader_.find(v->text, path_)) return out.value(row, *found);
    out.fail(row, "not-json", "the nested value is not JSON");
  });
}

}  // namespace weir
