#include <algorithm>
#include <cstring>

#include "runtime/expression/series.hpp"

namespace weir {

series_writer::series_writer(const row_set& rows) : rows_(rows) {
  states_ = make_array<std::uint8_t>(out_, rows.rows());
  std::memset(states_, state_null, rows.rows());
}

template <class T>
T* series_writer::slots(value_kind kind) {
  if (kind_ == value_kind::null) {
    kind_ = kind;
    make_values<T>(out_, storage_of(kind), rows_);
  }
  return kind_ == kind && cells_ == nullptr ? static_cast<T*>(const_cast<void*>(out_.values))
                                            : nullptr;
}

// Makes cells of the values that are there: they don't agree.
void series_writer::become_tagged() {
  if (cells_ != nullptr) return;
  cell* cells = make_array<cell>(out_, rows_.rows());
  std::fill(cells, cells + rows_.rows(), cell());
  for (std::uint32_t row = 0; row < rows_.rows(); ++row) {
    if (states_[row] != 0) continue;
    cell& c = cells[row];
    c.kind = kind_;
    if (is_textual(out_.storage)) {
      c.text = out_.array<string_ref>()[row];
    } else if (kind_ == value_kind::boolean) {
      c.boolean = out_.array<std::uint8_t>()[row] != 0;
    } else if (kind_ == value_kind::float64) {
      c.float64 = out_.array<double>()[row];
      if (number_texts_ != nullptr) c.text = number_texts_[row];
    } else {
      c.int64 = out_.array<std::int64_t>()[row];
    }
  }
  cells_ = cells;
  out_.storage = storage_kind::tagged;
  out_.values = cells;
}

void series_writer::put(std::uint32_t row, const cell& c) {
  become_tagged();
  states_[row] = 0;
  ++values_;
  cells_[row] = c;
}

void series_writer::boolean(std::uint32_t row, bool value) {
  if (auto* array = slots<std::uint8_t>(value_kind::boolean)) {
    array[row] = value ? 1 : 0;
    return has_value(row);
  }
  cell c;
  c.kind = value_kind::boolean;
  c.boolean = value;
  put(row, c);
}

void series_writer::int64(std::uint32_t row, std::int64_t value, value_kind kind) {
  if (auto* array = slots<std::int64_t>(kind)) {
    array[row] = value;
    return has_value(row);
  }
  cell c;
  c.kind = kind;
  c.int64 = value;
  put(row, c);
}

void series_writer::float64(std::uint32_t row, double value, std::string_view text) {
  const string_ref kept = text.empty() ? string_ref() : arena_.store(text);
  if (auto* array = slots<double>(value_kind::float64)) {
    array[row] = value;
    if (number_texts_ == nullptr && !text.empty()) {
      number_texts_ = make_array<string_ref>(out_, rows_.rows());
      std::fill(number_texts_, number_texts_ + rows_.rows(), string_ref());
    }
    if (number_texts_ != nullptr) number_texts_[row] = kept;
    return has_value(row);
  }
  cell c;
  c.kind = value_kind::float64;
  c.float64 = value;
  c.text = kept;
  put(row, c);
}

void series_writer::text(std::uint32_t row, std::string_view text, value_kind kind) {
  const string_ref kept = arena_.store(text);
  if (auto* array = slots<string_ref>(kind)) {
    array[row] = kept;
    return has_value(row);
  }
  cell c;
  c.kind = kind;
  c.text = kept;
  put(row, c);
}

void series_writer::value(std::uint32_t row, const value_view& value) {
  switch (value.kind) {
    case value_kind::null:
      return null(row);
    case value_kind::boolean:
      return boolean(row, value.boolean);
    case value_kind::float64:
      return float64(row, value.float64, value.text);
    case value_kind::string:
    case value_kind::bytes:
    case value_kind::json:
      return text(row, value.text, value.kind);
    default:
      return int64(row, value.int64, value.kind);
  }
}

void series_writer::fail(std::uint32_t row, std::string code, std::string text) {
  errors_.push_back({row, std::move(code), std::move(text)});
}

void series_writer::inherit(std::uint32_t row, const series& from) {
  const auto found = std::lower_bound(from.errors.begin(), from.errors.end(), row,
                                      [](const auto& e, std::uint32_t r) { return e.row < r; });
  errors_.push_back(*found);
}

series series_writer::finish() {
  // Rows that nobody asked for are null, as those without a value.
  if (values_ > 0 && values_ < rows_.rows()) {
    out_.states = states_;
    if (is_textual(out_.storage))
      clear_texts(static_cast<string_ref*>(const_cast<void*>(out_.values)));
  }
  if (cells_ == nullptr) out_.number_texts = number_texts_;
  arena_.keep_in(out_);
  add_errors(out_, std::move(errors_), rows_);
  return std::move(out_);
}

// What stands where nothing was written must not look like a text elsewhere.
void series_writer::clear_texts(string_ref* refs) {
  for (std::uint32_t row = 0; row < rows_.rows(); ++row)
    if (states_[row] != 0) refs[row] = string_ref();
}

}  // namespace weir
