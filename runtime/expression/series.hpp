#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/data/chunk.hpp"
#include "runtime/expression/evaluator.hpp"

namespace weir {

/// The rows of a chunk that are to be computed: all, or an ascending selection of them.
class row_set {
 public:
  explicit row_set(std::uint32_t rows, selection_ptr selection = nullptr)
      : rows_(rows), selection_(std::move(selection)) {}

  std::uint32_t rows() const { return rows_; }
  std::size_t size() const { return selection_ ? selection_->size() : rows_; }
  bool all() const { return selection_ == nullptr; }
  /// Whether every row of `other`, rows of the same chunk, is among these.
  bool covers(const row_set& other) const;

  template <class Visit>
  void each(Visit visit) const {
    if (selection_) {
      for (const auto row : *selection_) visit(row);
    } else {
      for (std::uint32_t row = 0; row < rows_; ++row) visit(row);
    }
  }

 private:
  std::uint32_t rows_;
  selection_ptr selection_;
};

/// What a row of a series has instead of a value; 0 is a value. Bits, so that the states of two
/// operands are joined by `|`; an error counts before a null.
constexpr std::uint8_t state_null = 1;
constexpr std::uint8_t state_error = 2;

/// The values of one part of an expression over the rows of a chunk, while it is evaluated.
///
/// Arrays are as in `column`, but for booleans and states, which are a byte a row: loops over bytes
/// are what compilers turn into SIMD. Only the rows that were asked for hold anything.
///
/// Memory: values and texts are those of `source` or of `kept`.
struct series {
  storage_kind storage = storage_kind::null;
  /// Row 0 stands for every row; then there are no states and no errors.
  bool constant = false;
  const void* values = nullptr;
  const std::uint8_t* states = nullptr;      ///< none: all rows have values (of `null`: none has)
  const string_ref* number_texts = nullptr;  ///< of float64 that kept its text
  std::span<const buffer_ptr> data;          ///< what string_ref points into
  column_ptr source;                         ///< the column that this is, unchanged
  std::vector<buffer_ptr> kept;
  std::shared_ptr<const std::vector<buffer_ptr>> kept_data;
  std::vector<evaluated::record_error> errors;  ///< by ascending row, one for each state_error

  /// Requires: T is the storage's: int64_t, double, string_ref, cell, or uint8_t of boolean.
  template <class T>
  const T* array() const {
    return static_cast<const T*>(values);
  }
  std::uint8_t state(std::size_t row) const {
    if (states != nullptr) return states[row];
    return storage == storage_kind::null ? state_null : std::uint8_t{0};
  }
  std::string_view text(std::size_t row) const { return array<string_ref>()[row].in(data); }
  /// The value of a row, whatever the storage; null for what is not a value. For slow paths.
  value_view at(std::size_t row) const;
};

/// Whether two texts, each among those of a series, are the same. Most differ in their length or
/// first four bytes, which lie together.
inline bool same_text(const string_ref& a, std::span<const buffer_ptr> in_a, const string_ref& b,
                      std::span<const buffer_ptr> in_b) {
  std::uint64_t heads[2];
  std::memcpy(&heads[0], &a, sizeof heads[0]);
  std::memcpy(&heads[1], &b, sizeof heads[1]);
  if (heads[0] != heads[1]) return false;
  if (a.is_inline()) {
    // What is behind an inline text is zero.
    std::uint64_t tails[2];
    std::memcpy(&tails[0], reinterpret_cast<const char*>(&a) + 8, sizeof tails[0]);
    std::memcpy(&tails[1], reinterpret_cast<const char*>(&b) + 8, sizeof tails[1]);
    return tails[0] == tails[1];
  }
  return std::memcmp(a.in(in_a).data(), b.in(in_b).data(), a.size()) == 0;
}

/// Whether the values of `storage` are strings of some kind.
bool is_textual(storage_kind storage);
storage_kind storage_of(value_kind kind);
value_kind kind_in(storage_kind storage);

/// Fresh bytes for `count` objects, kept by `owner`.
template <class T>
T* make_array(series& owner, std::size_t count) {
  auto bytes = std::make_shared<buffer>(count * sizeof(T));
  T* array = reinterpret_cast<T*>(bytes->data());
  owner.kept.push_back(std::move(bytes));
  return array;
}

/// An array of values of the series' own.
template <class T>
T* make_values(series& owner, storage_kind storage, const row_set& rows) {
  T* array = make_array<T>(owner, rows.rows());
  owner.storage = storage;
  owner.values = array;
  return array;
}

/// A column as a series: numbers and strings are not copied.
series series_of(const column_ptr& from);
/// Row `i` is row `rows[i]` of `from`, which has values there, not errors. Texts are not copied.
///
/// Memory: `from` has to outlive it.
series gathered(const series& from, std::span<const std::uint32_t> rows);
/// One value for all rows.
series constant_of(const value_view& value);
/// The same without the errors of rows that are not asked for.
series restricted(series from, const row_set& rows);
/// Nulls, but for the errors of the operands.
series nulls_of(std::span<const series* const> operands, const row_set& rows);

/// Gives `out` the states and errors of its operands: null or error where any of them is.
void join_states(series& out, std::span<const series* const> operands, const row_set& rows);
/// States that may be written, zero where there were none.
std::uint8_t* own_states(series& out, const row_set& rows);
/// Adds errors of rows that had none; restores the order.
void add_errors(series& out, std::vector<evaluated::record_error> errors, const row_set& rows);

/// The column of the computed rows; rows with an error and rows that nobody asked for are null.
column_ptr to_column(const series& from, const row_set& rows);

/// Text that outlives the call that made it.
class text_arena {
 public:
  /// A reference to a copy of `text`.
  string_ref store(std::string_view text) { return store(text, {}); }
  /// A reference to the two texts behind each other.
  string_ref store(std::string_view first, std::string_view second);
  /// Gives the blocks to the series that refers to them.
  void keep_in(series& owner);

 private:
  std::vector<buffer_ptr> blocks_;
  std::shared_ptr<buffer> last_;
  std::size_t used_ = 0;
};

/// Makes a series of values of any kind, row by row: the way of whatever has no loop of its own.
/// Its storage is what is dense for the values at hand. A row that gets no value is null.
///
/// Requires: each row is written at most once.
class series_writer {
 public:
  explicit series_writer(const row_set& rows);

  void null(std::uint32_t) {}
  void boolean(std::uint32_t row, bool value);
  void int64(std::uint32_t row, std::int64_t value, value_kind kind = value_kind::int64);
  /// `text` is what the number came with.
  void float64(std::uint32_t row, double value, std::string_view text = {});
  void text(std::uint32_t row, std::string_view text, value_kind kind = value_kind::string);
  void value(std::uint32_t row, const value_view& value);
  void fail(std::uint32_t row, std::string code, std::string text);
  /// The row has the error of an operand.
  void inherit(std::uint32_t row, const series& from);

  series finish();

 private:
  /// The array of that kind's values; null where the values do not agree.
  template <class T>
  T* slots(value_kind kind);
  void become_tagged();
  void put(std::uint32_t row, const cell& c);
  void has_value(std::uint32_t row) {
    states_[row] = 0;
    ++values_;
  }
  void clear_texts(string_ref* refs);

  const row_set& rows_;
  series out_;
  value_kind kind_ = value_kind::null;  // of the first value
  std::uint8_t* states_;
  cell* cells_ = nullptr;  // once two values were of different kinds
  string_ref* number_texts_ = nullptr;
  text_arena arena_;
  std::uint32_t values_ = 0;
  std::vector<evaluated::record_error> errors_;
};

}  // namespace weir
