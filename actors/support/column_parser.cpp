#include "actors/support/column_parser.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "actors/codecs/ndjson_reader.hpp"
#include "runtime/data/column_builder.hpp"

namespace weir {
namespace {

bool is_text(value_kind kind) { return kind == value_kind::string || kind == value_kind::json; }

// The reference to a row's text; its value is a string or JSON.
const string_ref& ref_at(const column& in, std::uint32_t row) {
  return in.storage() == storage_kind::tagged ? in.cells()[row].text : in.strings()[row];
}

error not_a_text(const std::string& name, value_kind kind) {
  if (kind == value_kind::null)
    return {"not-a-text", fmt::format("there is no column '{}' to parse", name), {}};
  return {"not-a-text", fmt::format("column '{}' holds a {}, not a text", name, name_of(kind)), {}};
}

// Calls `visit(row, text)` for each record that has a text; refuses the others.
template <class Visit>
void each_text(const chunk& in, const std::string& name, parsed_texts& out, Visit visit) {
  const column* texts = in.find(name);
  if (texts != nullptr && texts->storage() == storage_kind::string && !texts->may_have_nulls()) {
    in.each_row([&](std::uint32_t row) { visit(row, texts->string(row)); });
    return;
  }
  in.each_row([&](std::uint32_t row) {
    const auto value = texts == nullptr ? value_view() : texts->at(row);
    if (is_text(value.kind)) {
      visit(row, value.text);
    } else {
      out.refused.push_back({row, not_a_text(name, value.kind)});
    }
  });
}

class field_parser final : public column_parser {
 public:
  field_parser(std::unique_ptr<text_parser> form, std::optional<std::vector<std::string>> wanted)
      : form_(std::move(form)), values_(form_->fields().size()) {
    std::vector<field> made;
    for (std::size_t i = 0; i < values_.size(); ++i) {
      const field& f = form_->fields()[i];
      if (wanted && std::find(wanted->begin(), wanted->end(), f.name) == wanted->end()) continue;
      made.push_back({f.name, f.type, true});
      made_.push_back(i);
    }
    schema_ = std::make_shared<const schema>(std::move(made));
    columns_.resize(made_.size());
  }

  parsed_texts parse(const chunk& in, const std::string& name) override {
    parsed_texts out;
    const column* texts = in.find(name);
    if (texts != nullptr)
      for (auto& c : columns_)
        for (const auto& data : texts->data()) c.share(data);
    each_text(in, name, out, [&](std::uint32_t row, std::string_view text) {
      const auto read = form_->parse(text, values_);
      if (!read) {
        out.refused.push_back({row, read.error()});
        return;
      }
      out.rows.push_back(row);
      const string_ref& ref = ref_at(*texts, row);
      for (std::size_t i = 0; i < made_.size(); ++i)
        append(columns_[i], values_[made_[i]], ref, text);
    });
    chunk::parts parts;
    parts.columns_schema = schema_;
    parts.rows = static_cast<std::uint32_t>(out.rows.size());
    for (auto& c : columns_) parts.columns.push_back(c.finish());
    out.records = make_chunk(std::move(parts));
    return out;
  }

 private:
  // A text that is part of a shared one refers to the same buffer.
  static void append(column_builder& to, const value_view& value, const string_ref& whole,
                     std::string_view text) {
    const bool is_whole_number = value.kind == value_kind::int64 ||
                                 value.kind == value_kind::timestamp ||
                                 value.kind == value_kind::duration;
    if (value.kind == value_kind::null) return to.append_null();
    if (is_whole_number) return to.append_int64(value.int64, value.kind);
    if (value.text.empty() || whole.is_inline()) return to.append(value);
    const auto offset =
        whole.offset() + static_cast<std::uint32_t>(value.text.data() - text.data());
    if (value.kind == value_kind::float64) {
      to.append_shared_float64(value.float64, value.text, whole.buffer(), offset);
    } else {
      to.append_shared(value.text, whole.buffer(), offset, value.kind);
    }
  }

  std::unique_ptr<text_parser> form_;
  std::vector<value_view> values_;
  std::vector<std::size_t> made_;  ///< the fields that become columns
  schema_ptr schema_;
  std::vector<column_builder> columns_;
};

// Puts the texts into one block, a line each, and has it read as NDJSON.
class json_parser final : public column_parser {
 public:
  explicit json_parser(codecs::reader_options options) : reader_(std::move(options)) {}

  parsed_texts parse(const chunk& in, const std::string& name) override {
    parsed_texts out;
    std::string lines;
    std::vector<std::uint32_t> row_of_line;
    each_text(in, name, out, [&](std::uint32_t row, std::string_view text) {
      if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) {
        out.refused.push_back({row, {"not-json", "the text is empty", {}}});
        return;
      }
      const auto begin = lines.size();
      lines += text;
      // In JSON a line end can only be white space between values; in a string it is a mistake
      // that stays one.
      std::replace(lines.begin() + static_cast<std::ptrdiff_t>(begin), lines.end(), '\n', '\r');
      lines += " \n";
      row_of_line.push_back(row);
    });
    read(lines, row_of_line, out);
    std::sort(out.refused.begin(), out.refused.end(),
              [](const auto& a, const auto& b) { return a.row < b.row; });
    return out;
  }

 private:
  void read(const std::string& lines, const std::vector<std::uint32_t>& row_of_line,
            parsed_texts& out) {
    codecs::raw_block block{.data = copy_to_buffer(lines),
                            .end = static_cast<std::uint32_t>(lines.size())};
    // An offset that is not 0: these texts begin no file, and have no byte order mark.
    block.offset = 1;
    std::vector<chunk_ptr> pieces;
    while (!block.empty()) {
      auto piece = reader_.read(block).value();
      const auto& made = *piece.records;
      for (std::uint32_t i = 0; i < made.rows(); ++i)
        out.rows.push_back(row_of_line[made.place(i)->line - 1]);
      for (auto& bad : piece.bad)
        out.refused.push_back(
            {row_of_line[bad.line - 1], {std::move(bad.code), std::move(bad.reason), {}}});
      pieces.push_back(std::move(piece.records));
    }
    chunk::parts parts = concatenate(pieces)->all();
    parts.record_places = nullptr;
    out.records = make_chunk(std::move(parts));
  }

  codecs::ndjson_reader reader_;
};

}  // namespace

std::unique_ptr<column_parser> make_field_parser(std::unique_ptr<text_parser> form,
                                                 std::optional<std::vector<std::string>> wanted) {
  return std::make_unique<field_parser>(std::move(form), std::move(wanted));
}

std::unique_ptr<column_parser> make_json_parser(std::vector<field> declared,
                                                std::optional<std::vector<std::string>> wanted) {
  return std::make_unique<json_parser>(
      codecs::reader_options{.columns = std::move(wanted), .declared = std::move(declared)});
}

}  // namespace weir
