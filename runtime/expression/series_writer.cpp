#include <algorithm>
#include <bit>
#include <cstring>

#include "runtime/expression/series.hpp"

namespace weir {

series_writer::series_writer(const row_set& rows) : rows_(rows) {
  cells_ = make_array<cell>(out_, rows.rows());
  // Rows that are not asked for hold null.
  if (!rows.all()) std::fill(cells_, cells_ + rows.rows(), cell());
}

void series_writer::put(std::uint32_t row, const cell& c) {
  cells_[row] = c;
  kinds_seen_ |= 1U << static_cast<unsigned>(c.kind);
}

void series_writer::boolean(std::uint32_t row, bool value) {
  cell c;
  c.kind = value_kind::boolean;
  c.boolean = value;
  put(row, c);
}

void series_writer::int64(std::uint32_t row, std::int64_t value, value_kind kind) {
  cell c;
  c.kind = kind;
  c.int64 = value;
  put(row, c);
}

void series_writer::float64(std::uint32_t row, double value) {
  cell c;
  c.kind = value_kind::float64;
  c.float64 = value;
  put(row, c);
}

void series_writer::text(std::uint32_t row, std::string_view text, value_kind kind) {
  cell c;
  c.kind = kind;
  c.text = arena_.store(text);
  put(row, c);
}

void series_writer::value(std::uint32_t row, const value_view& value) {
  cell c;
  c.kind = value.kind;
  if (value.kind == value_kind::boolean) {
    c.boolean = value.boolean;
  } else {
    c.int64 = value.int64;
  }
  if (!value.text.empty()) {
    c.text = arena_.store(value.text);
    number_texts_seen_ = number_texts_seen_ || value.kind == value_kind::float64;
  }
  put(row, c);
}

void series_writer::fail(std::uint32_t row, std::string code, std::string text) {
  put(row, {});
  errors_.push_back({row, std::move(code), std::move(text)});
}

void series_writer::inherit(std::uint32_t row, const series& from) {
  const auto found = std::lower_bound(from.errors.begin(), from.errors.end(), row,
                                      [](const auto& e, std::uint32_t r) { return e.row < r; });
  put(row, {});
  errors_.push_back(*found);
}

template <class T, class Take>
void series_writer::densify(storage_kind storage, Take take) {
  T* array = make_values<T>(out_, storage, rows_);
  for (std::uint32_t row = 0; row < rows_.rows(); ++row) array[row] = take(cells_[row]);
}

series series_writer::finish() {
  const std::uint32_t present = kinds_seen_ & ~1U;
  const bool has_nulls = kinds_seen_ != present || !rows_.all();
  if (has_nulls && present != 0) {
    auto* states = make_array<std::uint8_t>(out_, rows_.rows());
    for (std::uint32_t row = 0; row < rows_.rows(); ++row)
      states[row] = cells_[row].kind == value_kind::null ? state_null : std::uint8_t{0};
    out_.states = states;
  }
  arena_.keep_in(out_);
  if (std::popcount(present) > 1) {
    out_.storage = storage_kind::tagged;
    out_.values = cells_;
  } else if (present != 0) {
    const auto kind = static_cast<value_kind>(std::countr_zero(present));
    const storage_kind storage = storage_of(kind);
    if (kind == value_kind::boolean) {
      densify<std::uint8_t>(
          storage, [](const cell& c) { return static_cast<std::uint8_t>(c.boolean ? 1 : 0); });
    } else if (kind == value_kind::float64) {
      densify<double>(storage, [](const cell& c) { return c.float64; });
    } else if (is_textual(storage)) {
      densify<string_ref>(storage, [](const cell& c) { return c.text; });
    } else {
      densify<std::int64_t>(storage, [](const cell& c) { return c.int64; });
    }
    if (number_texts_seen_ && kind == value_kind::float64) {
      auto* texts = make_array<string_ref>(out_, rows_.rows());
      for (std::uint32_t row = 0; row < rows_.rows(); ++row) texts[row] = cells_[row].text;
      out_.number_texts = texts;
    }
  }
  add_errors(out_, std::move(errors_), rows_);
  return std::move(out_);
}

}  // namespace weir
