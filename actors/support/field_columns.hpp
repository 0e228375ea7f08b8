#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/data/chunk.hpp"
#include "runtime/data/column_builder.hpp"

namespace weir {

/// Columns of the fields that are found in one text after the other. Their types are known before,
/// so texts and whole numbers go straight into the columns' arrays.
///
///   columns.begin(texts.data(), count);
///   for (...) {
///     columns.begin_row(text, ref);
///     columns.set_text(0, part);       // once for each field, or `set_null`
///     if (is_good) columns.add_row();  // else the next row takes its place
///   }
///   chunk_ptr records = columns.finish();
///
/// Memory:  parts of a text that are longer than `string_ref::inline_max` refer to its buffer.
/// Threads: one thread at a time.
class field_columns {
 public:
  /// Columns of the fields that are in `wanted`, of all if there is none. Others may be set.
  field_columns(const std::vector<field>& fields,
                const std::optional<std::vector<std::string>>& wanted);

  /// Begins a chunk of up to `rows_max` rows, from texts that lie in `data`.
  void begin(std::span<const buffer_ptr> data, std::size_t rows_max);
  /// Begins a row whose texts are parts of `text`, to which `whole` refers.
  void begin_row(std::string_view text, const string_ref& whole) {
    origin_ = text.data();
    buffer_ = 0;
    if (!whole.is_inline()) {
      origin_ -= whole.offset();
      buffer_ = whole.buffer();
    }
    null_count_ = 0;
  }
  /// Requires: the field is a string, `part` lies in the row's text, and `string_ref::inline_max`
  ///           bytes may be read from where it begins.
  void set_text(std::size_t field, std::string_view part) {
    slot& to = slots_[field];
    to.texts[row_] =
        string_ref::in_buffer(part, buffer_, static_cast<std::uint32_t>(part.data() - origin_));
    to.longest = std::max(to.longest, part.size());
  }
  /// Requires: the field is an int64, a timestamp or a duration.
  void set_number(std::size_t field, std::int64_t value) { slots_[field].numbers[row_] = value; }
  /// Any value, of a field of any type; its text is a part of the row's.
  void set(std::size_t field, const value_view& value);
  void set_null(std::size_t field) { nulls_[null_count_++] = static_cast<std::uint32_t>(field); }
  /// Requires: every field was set.
  void add_row() {
    if (null_count_ != 0) add_nulls();
    if (!built_.empty()) add_built();
    ++row_;
  }

  /// The rows that were added.
  chunk_ptr finish();

 private:
  enum class way : std::uint8_t { text, number, built };

  struct slot {
    way how = way::built;
    bool wanted = false;
    storage_kind storage = storage_kind::null;
    string_ref* texts = nullptr;
    std::int64_t* numbers = nullptr;
    std::uint64_t* valid = nullptr;  // none before the first null
    std::size_t nulls = 0;
    std::size_t longest = 0;
    std::shared_ptr<buffer> values = nullptr;
    std::shared_ptr<buffer> validity = nullptr;
    // Of other types.
    value_view pending = {};
    column_builder builder = column_builder();
  };

  void add_nulls();
  void add_built();
  column_ptr finish_column(slot& of) const;

  schema_ptr schema_;
  std::vector<slot> slots_;
  std::vector<std::size_t> built_;  // the fields that go through a builder
  std::vector<buffer_ptr> data_;
  std::shared_ptr<buffer> unwanted_;  // what is written of fields that nobody wants
  std::size_t rows_max_ = 0;
  std::size_t row_ = 0;
  // Of the row at hand.
  const char* origin_ = nullptr;
  std::uint32_t buffer_ = 0;
  std::vector<std::uint32_t> nulls_;
  std::size_t null_count_ = 0;
};

}  // namespace weir
