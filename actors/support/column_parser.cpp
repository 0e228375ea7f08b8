#include "actors/support/column_parser.hpp"

#include <algorithm>

#include "actors/codecs/ndjson_reader.hpp"

namespace weir {
namespace {

class field_parser final : public column_parser {
 public:
  field_parser(std::unique_ptr<text_parser> form,
               const std::optional<std::vector<std::string>>& wanted)
      : form_(std::move(form)), columns_(form_->fields(), wanted) {}

  parsed_texts parse(const chunk& in, const std::string& name) override {
    parsed_texts out;
    const text_rows texts(in, name);
    out.rows.reserve(texts.size());
    columns_.begin(texts.data(), texts.size());
    form_->parse(texts, columns_, out);
    out.records = columns_.finish();
    return out;
  }

 private:
  std::unique_ptr<text_parser> form_;
  field_columns columns_;
};

// Puts the texts into one block, a line each, and has it read as NDJSON.
class json_parser final : public column_parser {
 public:
  explicit json_parser(codecs::reader_options options) : reader_(std::move(options)) {}

  parsed_texts parse(const chunk& in, const std::string& name) override {
    parsed_texts out;
    std::string lines;
    std::vector<std::uint32_t> row_of_line;
    text_rows(in, name).each(out, [&](std::uint32_t row, std::string_view text, const auto&) {
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

std::unique_ptr<column_parser> make_field_parser(
    std::unique_ptr<text_parser> form, const std::optional<std::vector<std::string>>& wanted) {
  return std::make_unique<field_parser>(std::move(form), wanted);
}

std::unique_ptr<column_parser> make_json_parser(std::vector<field> declared,
                                                std::optional<std::vector<std::string>> wanted) {
  return std::make_unique<json_parser>(
      codecs::reader_options{.columns = std::move(wanted), .declared = std::move(declared)});
}

}  // namespace weir
