#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "actors/support/field_columns.hpp"
#include "runtime/base/error.hpp"
#include "runtime/data/chunk.hpp"

namespace weir {

/// What the texts of a column were parsed into.
struct parsed_texts {
  /// A record for each of `rows`, without selection, raw text and places.
  chunk_ptr records;
  /// The physical rows whose texts were parsed, ascending.
  std::vector<std::uint32_t> rows;
  /// Those whose texts were not, ascending, and why.
  struct refusal {
    std::uint32_t row = 0;
    error cause;
  };
  std::vector<refusal> refused;
};

/// The records of a chunk that have a text in one column: a string, or a nested value's JSON.
class text_rows {
 public:
  /// `name` is the column's, for reasons; it may be missing from the chunk.
  text_rows(const chunk& in, std::string name)
      : in_(in), name_(std::move(name)), texts_(in.find(name_)) {}

  std::size_t size() const { return in_.size(); }
  /// What the texts lie in.
  std::span<const buffer_ptr> data() const {
    return texts_ == nullptr ? std::span<const buffer_ptr>() : texts_->data();
  }

  /// Calls `visit(row, text, ref)` for each record that has a text, which `ref` refers to; refuses
  /// the others with `not-a-text`.
  template <class Visit>
  void each(parsed_texts& out, Visit visit) const {
    if (texts_ != nullptr && texts_->storage() == storage_kind::string &&
        !texts_->may_have_nulls()) {
      const auto refs = texts_->strings();
      in_.each_row([&](std::uint32_t row) { visit(row, refs[row].in(texts_->data()), refs[row]); });
      return;
    }
    in_.each_row([&](std::uint32_t row) {
      const auto value = texts_ == nullptr ? value_view() : texts_->at(row);
      if (value.kind != value_kind::string && value.kind != value_kind::json) {
        out.refused.push_back({row, not_a_text(value.kind)});
        return;
      }
      const bool in_cells = texts_->storage() == storage_kind::tagged;
      visit(row, value.text, in_cells ? texts_->cells()[row].text : texts_->strings()[row]);
    });
  }

  /// Calls `read(text, row)` for each text, with a row that was begun in `into`; the row is added
  /// where the answer is no error, and the text refused where it is.
  template <class Read>
  void parse_each(field_columns& into, parsed_texts& out, Read read) const {
    each(out, [&](std::uint32_t row, std::string_view text, const string_ref& ref) {
      const auto to = into.begin_row(text, ref);
      if (result<void> good = read(text, to); !good) {
        into.drop_row();
        out.refused.push_back({row, std::move(good.error())});
        return;
      }
      into.add_row();
      out.rows.push_back(row);
    });
  }

 private:
  error not_a_text(value_kind kind) const;

  const chunk& in_;
  std::string name_;
  const column* texts_;
};

}  // namespace weir
