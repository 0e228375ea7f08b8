#pragma once

#include <algorithm>
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
    const std::size_t end = size_ + times;
    words_.resize((end + 63) / 64);
    while (size_ < end) {
      const std::size_t in_word = size_ & 63;
      const std::size_t count = std::min(64 - in_word, end - size_);
      if (bit) words_[size_ >> 6] |= ~std::uint64_t{0} >> (64 - count) << in_word;
      size_ += count;
    }
  }
  /// Requires: size <= size().
  void truncate(std::size_t size) {
    size_ = size;
    words_.resize((size + 63) / 64);
    if ((size & 63) != 0) words_.back() &= (std::uint64_t{1} << (size & 63)) - 1;
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

/// Values in a row, in memory that is kept when they go. A value is made where it will lie, and not
/// moved there by way of the stack as it is by a vector.
template <class T>
class value_list {
 public:
  std::size_t size() const { return size_; }
  const T* data() const { return room_.data(); }
  T* data() { return room_.data(); }
  std::size_t room() const { return room_size_; }
  /// Counts values that were written behind the others. Requires: there was room for them.
  void grow(std::size_t count) { size_ += count; }
  const T& operator[](std::size_t at) const { return room_[at]; }
  /// Appends what `make()` answers.
  template <class Make>
  void push_made(Make make) {
    if (size_ == room_size_) reserve(2 * size_ + least_room);
    ::new (room_.data() + size_++) T(make());
  }
  void push(T value) {
    push_made([&] { return value; });
  }
  [[gnu::noinline]] void reserve(std::size_t size) {
    if (size > room_size_) room_.resize(room_size_ = size);
  }
  /// Values that are added are `T()`.
  void resize(std::size_t size) {
    reserve(size);
    while (size_ < size) room_[size_++] = T();
    size_ = size;
  }
  void clear() { size_ = 0; }

 private:
  static constexpr std::size_t least_room = 16;

  std::vector<T> room_;
  std::size_t room_size_ = 0;
  std::size_t size_ = 0;
};

// A kind of value and the dense storage of such values have one number.
static_assert(static_cast<int>(storage_kind::null) == static_cast<int>(value_kind::null) &&
              static_cast<int>(storage_kind::boolean) == static_cast<int>(value_kind::boolean) &&
              static_cast<int>(storage_kind::int64) == static_cast<int>(value_kind::int64) &&
              static_cast<int>(storage_kind::float64) == static_cast<int>(value_kind::float64) &&
              static_cast<int>(storage_kind::timestamp) ==
                  static_cast<int>(value_kind::timestamp) &&
              static_cast<int>(storage_kind::duration) == static_cast<int>(value_kind::duration) &&
              static_cast<int>(storage_kind::string) == static_cast<int>(value_kind::string) &&
              static_cast<int>(storage_kind::bytes) == static_cast<int>(value_kind::bytes) &&
              static_cast<int>(storage_kind::json) == static_cast<int>(value_kind::json));

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

  void append_null() {
    if (storage_ != storage_kind::null) append_nothing();
    mark_valid(false);
  }
  /// Appends nulls until there are `rows` rows: for columns that a record does not have.
  void fill_nulls(std::size_t rows);
  /// Takes back what was appended behind the first `rows` rows.
  void truncate(std::size_t rows);
  void append_boolean(bool value) {
    if (!settle(value_kind::boolean)) return append_cell({.boolean = value}, value_kind::boolean);
    booleans_.push(value);
    mark_valid(true);
  }
  void append_int64(std::int64_t value, value_kind kind = value_kind::int64) {
    if (!settle(kind)) return append_cell({.int64 = value}, kind);
    int64s_.push(value);
    mark_valid(true);
  }
  void append_float64(double value) {
    if (!settle(value_kind::float64)) return append_cell({.float64 = value}, value_kind::float64);
    float64s_.push(value);
    if (has_texts_) texts_.push({});
    mark_valid(true);
  }
  /// A number that was read: `text` is kept to be written as it came.
  void append_float64(double value, std::string_view text);
  /// Copies what does not fit inline.
  void append_text(std::string_view text, value_kind kind = value_kind::string);
  /// Refers to `text`, which lies at `offset` in the shared buffer `buffer` (from `share`).
  void append_shared(std::string_view text, std::uint32_t buffer, std::uint32_t offset,
                     value_kind kind = value_kind::string) {
    refers_ = refers_ || text.size() > string_ref::inline_max;
    append_ref([=] { return string_ref::in_buffer(text, buffer, offset); }, kind);
  }
  /// A number that was read and whose text lies in the shared buffer.
  void append_shared_float64(double value, std::string_view text, std::uint32_t buffer,
                             std::uint32_t offset) {
    refers_ = refers_ || text.size() > string_ref::inline_max;
    append_number_text(value, [=] { return string_ref::in_buffer(text, buffer, offset); });
  }

  /// Arrays that values can be written into where a call for each would cost too much, that of a
  /// row at the row's number. Those that the storage has not are null.
  struct open_arrays {
    std::size_t rows = 0;  ///< so many have room
    std::int64_t* int64s = nullptr;
    double* float64s = nullptr;     ///< only with texts
    string_ref* strings = nullptr;  ///< of strings; the texts of float64
  };
  /// The arrays, with room for at least `rows` rows, of a column that holds int64, strings, or
  /// float64 with the text that each came with; none of any other.
  ///
  /// Memory: valid until the next call but `count`.
  open_arrays open(std::size_t rows);
  /// Counts `rows` values that were written behind the others; `refer` tells whether one of them
  /// refers to a shared buffer.
  void count(std::size_t rows, bool refer);

  /// Appends any value, copying its text.
  void append(const value_view& value);

  /// Registers a buffer for `append_shared`; answers its number.
  std::uint32_t share(buffer_ptr data);

  /// The column; the builder is empty again, and knows no shared buffer.
  column_ptr finish();

 private:
  static constexpr storage_kind storage_of(value_kind kind) {
    return static_cast<storage_kind>(kind);
  }
  // Settles the storage for a value of `kind` that is about to be appended. False: it becomes a
  // cell.
  bool settle(value_kind kind) { return storage_ == storage_of(kind) || take_kind(kind); }
  bool take_kind(value_kind kind);
  void append_nothing();
  void append_cell(cell value, value_kind kind);
  void become_tagged();
  void mark_valid(bool valid) {
    if (!valid && !has_nulls_) first_null();
    if (has_nulls_) valid_.push(valid);
    ++size_;
  }
  void first_null();
  template <class Make>
  void append_ref(Make ref, value_kind kind) {
    if (!settle(kind)) return append_cell({.text = ref()}, kind);
    strings_.push_made(ref);
    mark_valid(true);
  }
  template <class Make>
  void append_number_text(double value, Make ref) {
    if (!settle(value_kind::float64))
      return append_cell({.float64 = value, .text = ref()}, value_kind::float64);
    float64s_.push(value);
    if (!has_texts_) first_text();
    texts_.push_made(ref);
    mark_valid(true);
  }
  void first_text();
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
  value_list<std::int64_t> int64s_;
  value_list<double> float64s_;
  value_list<string_ref> strings_;
  value_list<string_ref> texts_;
  std::vector<cell> cells_;
  std::vector<buffer_ptr> data_;
  std::shared_ptr<buffer> own_;
  std::uint32_t own_number_ = 0;
  std::size_t own_used_ = 0;
};

}  // namespace weir
