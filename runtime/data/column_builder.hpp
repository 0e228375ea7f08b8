#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "runtime/data/column.hpp"

namespace weir {

/// Makes a column row by row.
///
/// Storage follows the values: the array of the first non-null value's kind for as long as all
/// agree (int64 and float64 agree in nothing: they become tagged), an array of cells from the first
/// that does not. So a column of a declared type stays dense, and a dynamic one finds its storage.
///
/// Memory: strings up to 12 bytes are inline. A longer one is either a reference into a buffer that
///         the caller registers with `share`, or copied into a buffer of the builder's own.
/// Threads: one thread at a time.
class column_builder {
 public:
  /// `rows_expected` only reserves.
  explicit column_builder(std::size_t rows_expected = 0);

  std::size_t size() const { return size_; }

  void append_null();
  /// Appends nulls until there are `rows` rows: for columns that a record does not have.
  void fill_nulls(std::size_t rows);
  void append_boolean(bool value);
  void append_int64(std::int64_t value, value_kind kind = value_kind::int64);
  void append_float64(double value);
  /// A number that was read: `text` is kept to be written as it came.
  void append_float64(double value, std::string_view text);
  /// Copies what does not fit inline.
  void append_text(std::string_view text, value_kind kind = value_kind::string);
  /// Refers to `text`, which lies at `offset` in the shared buffer `buffer` (from `share`).
  void append_shared(std::string_view text, std::uint32_t buffer, std::uint32_t offset,
                     value_kind kind = value_kind::string);
  /// A number that was read and whose text lies in the shared buffer.
  void append_shared_float64(double value, std::string_view text, std::uint32_t buffer,
                             std::uint32_t offset);
  /// Appends any value, copying its text.
  void append(const value_view& value);

  /// Registers a buffer for `append_shared`; answers its number.
  std::uint32_t share(buffer_ptr data);

  /// The column; the builder is empty again.
  column_ptr finish();

 private:
  void take_kind(value_kind kind);
  void become_tagged();
  void mark_valid(bool valid);
  string_ref store(std::string_view text);
  cell tagged_cell(std::size_t row) const;

  std::size_t size_ = 0;
  storage_kind storage_ = storage_kind::null;
  bool has_nulls_ = false;
  bool has_texts_ = false;
  std::vector<bool> valid_;
  std::vector<std::int64_t> int64s_;
  std::vector<double> float64s_;
  std::vector<bool> booleans_;
  std::vector<string_ref> strings_;
  std::vector<string_ref> texts_;
  std::vector<cell> cells_;
  std::vector<buffer_ptr> data_;
  std::shared_ptr<buffer> own_;
  std::uint32_t own_number_ = 0;
  std::size_t own_used_ = 0;
};

}  // namespace weir
