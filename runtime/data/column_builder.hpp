#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "runtime/data/column.hpp"

namespace weir {

/// Bits in a row, least significant first, as columns keep them.
class bit_list {
 public:
  std::size_t size() const { return size_; }
  bool operator[](std::size_t at) const { return (words_[at >> 6] >> (at & 63) & 1) != 0; }
  void push(bool bit) {
    if ((size_ & 63) == 0) words_.push_back(0);
    words_.back() |= static_cast<std::uint64_t>(bit) << (size_ & 63);
    ++size_;
  }
  void push(bool bit, std::size_t times) {
    while (times-- > 0) push(bit);
  }
  void clear() {
    words_.clear();
    size_ = 0;
  }
  const std::vector<std::uint64_t>& words() const { return words_; }

 private:
  std::vector<std::uint64_t> words_;
  std::size_t size_ = 0;
};

/// Makes a column row by row.
///
/// Storage follows the values: the array of the first non-null value's kind for as long as all
/// agree (int64 and float64 agree in nothing: they become tagged), an array of cells from the first
/// that does not. So a column of a declared type stays dense, and a dynamic one finds its storage.
///
/// Memory: strings up to 12 bytes are inline. A longer one is either a reference into a buffer that
///         the caller registers with `share`, or copied into a buffer of the builder's own. A
///         column without longer strings keeps no such buffer alive. Room is kept from column to
///         column.
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

  /// The column; the builder is empty again, and knows no shared buffer.
  column_ptr finish();

 private:
  void take_kind(value_kind kind);
  void become_tagged();
  void mark_valid(bool valid) {
    if (!valid && !has_nulls_) first_null();
    if (has_nulls_) valid_.push(valid);
    ++size_;
  }
  void first_null();
  void append_ref(const string_ref& ref, value_kind kind);
  void append_number_text(double value, const string_ref& ref);
  string_ref store(std::string_view text);
  cell tagged_cell(std::size_t row) const;

  std::size_t rows_expected_;
  std::size_t size_ = 0;
  storage_kind storage_ = storage_kind::null;
  bool has_nulls_ = false;
  bool has_texts_ = false;  // some float64 kept its text
  bool refers_ = false;     // some string lies in a buffer of data_
  bit_list valid_;
  bit_list booleans_;
  std::vector<std::int64_t> int64s_;
  std::vector<double> float64s_;
  std::vector<string_ref> strings_;
  std::vector<string_ref> texts_;
  std::vector<cell> cells_;
  std::vector<buffer_ptr> data_;
  std::shared_ptr<buffer> own_;
  std::uint32_t own_number_ = 0;
  std::size_t own_used_ = 0;
};

}  // namespace weir
