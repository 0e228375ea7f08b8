#pragma once

#include <algorithm>
#include <array>
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
///     auto row = columns.begin_row(text, ref);
///     row.set_text(0, part);           // once for each field, or `set_null`
///     is_good ? columns.add_row(row) : columns.drop_row();
///   }
///   chunk_ptr records = columns.finish();
///
/// Memory:  parts of a text that are longer than `string_ref::inline_max` refer to its buffer.
/// Threads: one thread at a time.
class field_columns {
 private:
  enum class way : std::uint8_t { text, number, built };

  // Where the values of a field go.
  struct target {
    way how = way::built;
    bool is_far = false;  // some text is longer than `string_ref::inline_max`
    string_ref* texts = nullptr;
    std::int64_t* numbers = nullptr;
    std::uint64_t* valid = nullptr;
    value_view pending = {};  // of a type that goes through a builder
  };

 public:
  /// The row at hand. By value: what it needs stays in registers while texts are taken apart.
  class row {
   public:
    /// Requires: the field is a string, `part` lies in the row's text, and sixteen bytes may be
    ///           read from where it begins.
    void set_text(std::size_t field, std::string_view part) const {
      target& to = targets_[field];
      to.texts[at_].refer(part, buffer_, static_cast<std::uint32_t>(part.data() - origin_));
      to.is_far |= part.size() > string_ref::inline_max;
    }
    /// Requires: the field is an int64, a timestamp or a duration.
    void set_number(std::size_t field, std::int64_t value) const {
      targets_[field].numbers[at_] = value;
    }
    /// Any value, of a field of any type; its text is a part of the row's.
    void set(std::size_t field, const value_view& value) const;
    void set_null(std::size_t field) const {
      target& to = targets_[field];
      to.valid[at_ >> 6] &= ~(std::uint64_t{1} << (at_ & 63));
      // What loops that do not look for nulls may read.
      if (to.how == way::text) {
        to.texts[at_] = {};
      } else if (to.how == way::number) {
        to.numbers[at_] = 0;
      }
    }

   private:
    friend class field_columns;
    row(target* targets, std::size_t at, const char* origin, std::uint32_t buffer)
        : targets_(targets), at_(at), origin_(origin), buffer_(buffer) {}

    target* targets_;
    std::size_t at_;
    const char* origin_;  // what offsets count from
    std::uint32_t buffer_;
  };

  /// The next rows, whose texts of one field lie side by side: what a field costs is paid once.
  template <std::size_t Count>
  class row_group {
   public:
    /// The texts of a string field, by row. Requires: the same as of `row::set_text`.
    void set_texts(std::size_t field, const std::array<std::string_view, Count>& parts) const {
      target& to = targets_[field];
      string_ref* texts = to.texts + at_;
      std::size_t longest = 0;
      for (std::size_t i = 0; i < Count; ++i) {
        // Of a text in its reference nothing is long enough to be asked for its place.
        const auto offset = static_cast<std::uint32_t>(parts[i].data() - origin_);
        texts[i].refer(parts[i], 0, offset);
        longest = std::max(longest, parts[i].size());
      }
      to.is_far |= longest > string_ref::inline_max;
    }

   private:
    friend class field_columns;
    row_group(target* targets, std::size_t at, const char* origin)
        : targets_(targets), at_(at), origin_(origin) {}

    target* targets_;
    std::size_t at_;
    const char* origin_;  // the only buffer
  };

  /// Columns of the fields that are in `wanted`, of all if there is none. Others may be set.
  field_columns(const std::vector<field>& fields,
                const std::optional<std::vector<std::string>>& wanted);

  /// Begins a chunk of up to `rows_max` rows, from texts that lie in `data`.
  void begin(std::span<const buffer_ptr> data, std::size_t rows_max);
  /// Begins a row whose texts are parts of `text`, to which `whole` refers.
  row begin_row(std::string_view text, const string_ref& whole) {
    return {targets_.data(), row_, origin_of(text, whole), buffer_of(whole)};
  }
  /// Whether the texts lie in one buffer, or in their references.
  bool has_one_buffer() const { return data_.size() == 1; }
  /// Begins several, for their texts. They are added together, or, where there are other fields,
  /// each is begun once more for these and added when its turn comes. Requires: has_one_buffer().
  template <std::size_t Count>
  row_group<Count> begin_rows() {
    return {targets_.data(), row_, data_.front()->data()};
  }
  /// Requires: the row is the next; every field of it was set, once.
  void add_row(const row& filled) {
    if (!built_.empty()) add_built(filled);
    ++row_;
  }
  /// Requires: the same of each of them, and no field is other than a string.
  template <std::size_t Count>
  void add_rows(const row_group<Count>& /*filled*/) {
    row_ += Count;
  }
  /// The next row takes the place of the one that was begun, whatever was set of it.
  void drop_row();

  /// The rows that were added.
  chunk_ptr finish();

 private:
  struct slot {
    bool wanted = false;
    storage_kind storage = storage_kind::null;
    std::shared_ptr<buffer> values = nullptr;
    std::vector<std::uint64_t> valid = {};
    column_builder builder = column_builder();  // of types that are neither texts nor whole numbers
  };

  static const char* origin_of(std::string_view text, const string_ref& whole) {
    return whole.is_inline() ? text.data() : text.data() - whole.offset();
  }
  static std::uint32_t buffer_of(const string_ref& whole) {
    return whole.is_inline() ? 0 : whole.buffer();
  }
  void add_built(const row& from);
  column_ptr finish_column(std::size_t field);

  schema_ptr schema_;
  std::vector<slot> slots_;
  std::vector<target> targets_;     // likewise by field
  std::vector<std::size_t> built_;  // the fields that go through a builder
  std::vector<buffer_ptr> data_;
  std::shared_ptr<buffer> unwanted_;  // what is written of fields that nobody wants
  std::size_t row_ = 0;
};

}  // namespace weir
