#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
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
    if (are_all_strings()) {
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
      parse_one(into, out, row, text, ref, read);
    });
  }

  /// The same, with texts that can be looked at together: `read_all(texts, refs)` adds a row for
  /// each, or answers false and adds none: then they are read one by one by `read_one(text, row)`,
  /// as those that are left at the end are.
  template <std::size_t Count, class ReadAll, class ReadOne>
  void parse_together(field_columns& into, parsed_texts& out, ReadAll read_all,
                      ReadOne read_one) const {
    // Else what is no text would be refused before texts that stand in front of it.
    if (!are_all_strings()) return parse_each(into, out, read_one);
    std::array<std::uint32_t, Count> rows{};
    std::array<std::string_view, Count> texts;
    std::array<const string_ref*, Count> refs{};
    std::size_t waiting = 0;
    const auto parse_waiting = [&] {
      for (std::size_t i = 0; i < waiting; ++i)
        parse_one(into, out, rows[i], texts[i], *refs[i], read_one);
      waiting = 0;
    };
    each(out, [&](std::uint32_t row, std::string_view text, const string_ref& ref) {
      rows[waiting] = row;
      texts[waiting] = text;
      refs[waiting] = &ref;
      if (++waiting < Count) return;
      if (!read_all(texts, refs)) return parse_waiting();
      out.rows.insert(out.rows.end(), rows.begin(), rows.end());
      waiting = 0;
    });
    parse_waiting();
  }

 private:
  bool are_all_strings() const {
    return texts_ != nullptr && texts_->storage() == storage_kind::string &&
           !texts_->may_have_nulls();
  }
  template <class Read>
  static void parse_one(field_columns& into, parsed_texts& out, std::uint32_t row,
                        std::string_view text, const string_ref& ref, Read read) {
    const auto to = into.begin_row(text, ref);
    if (result<void> good = read(text, to); !good) {
      into.drop_row();
      out.refused.push_back({row, std::move(good.error())});
      return;
    }
    into.add_row(to);
    out.rows.push_back(row);
  }
  error not_a_text(value_kind kind) const;

  const chunk& in_;
  std::string name_;
  const column* texts_;
};

}  // namespace weir
