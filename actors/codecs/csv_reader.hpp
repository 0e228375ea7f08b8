#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "actors/codecs/convert.hpp"
#include "actors/codecs/csv_ends.hpp"
#include "actors/codecs/csv_format.hpp"
#include "actors/codecs/record_reader.hpp"
#include "actors/codecs/row_marks.hpp"
#include "runtime/data/column_builder.hpp"

namespace weir::codecs {

/// Reads CSV by RFC 4180: fields between delimiters, quotes around fields that hold delimiters,
/// quotes (doubled) or line ends; lines end with LF or CRLF.
///
/// An undeclared field is a number when it reads as a JSON number, null when it is empty and has no
/// quotes, else a string. A quote within a field that did not begin with one stands for itself.
/// Lines without any byte are skipped, unless there is only one column, which is then null; before
/// the header they are skipped always. A byte order mark is skipped. A column whose name is empty
/// in the header is named by its place, as in `column_3`.
///
/// Errors: `csv-header` where the names are not UTF-8, come twice, or can't be read.
class csv_reader final : public record_reader {
 public:
  csv_reader(reader_options options, csv_options format);

  void begin_input() override;
  result<void> take_header(raw_block& from) override;
  std::optional<std::vector<std::string>> names() const override;
  result<read_records> read(raw_block& from) override;

 private:
  struct field_text {
    std::uint32_t begin = 0;  // in the buffer, without quotes
    std::uint32_t end = 0;
    bool quoted = false;
    bool doubled = false;  // quotes within are doubled
  };
  struct column_state {
    std::string name;
    column_type type = column_type::dynamic;
    bool wanted = false;
    std::uint32_t shared = 0;
    column_builder values = column_builder();
    std::optional<converted_value> read = std::nullopt;  // of the record at hand
  };

  result<void> take_names(raw_block& from);
  void skip_blank_lines(raw_block& from);
  result<void> name_columns(std::vector<std::string> names);
  bool scan_plain(std::uint32_t begin, std::uint32_t end);
  std::uint32_t field_end(std::uint32_t at, std::uint32_t end) const;
  const char* scan(std::uint32_t begin, std::uint32_t end);
  const char* scan_quoted(std::uint32_t& at, std::uint32_t end, field_text& field);
  std::uint32_t record_end(std::uint32_t begin) const;
  bool is_utf8_record(std::uint32_t begin, std::uint32_t end) const;
  std::optional<bad_record> refuse(std::uint32_t begin, std::uint32_t end, std::uint64_t line,
                                   const char* problem);
  std::optional<std::string> convert_fields();
  void append_fields();
  void append_declared(column_state& c, const field_text& f);
  void append_dynamic(column_state& c, const field_text& f);
  std::string_view text_of(const field_text& field);
  void begin_chunk(const raw_block& from);
  chunk_ptr finish_chunk();

  reader_options options_;
  csv_options format_;
  bool named_ = false;
  std::shared_ptr<const std::vector<std::string>> names_;  // that a block brought
  std::uint64_t header_at_ = 0;  // where the header begins, until it is there
  std::vector<column_state> columns_;
  std::vector<std::uint32_t> wanted_;    // columns by number
  std::vector<std::uint32_t> declared_;  // whose fields are checked, wanted or not
  std::string raw_header_;
  schema_ptr schema_;

  row_marks marks_;
  const char* bytes_ = nullptr;  // of the block at hand
  bool block_is_utf8_ = false;
  csv_ends ends_;
  std::uint32_t quote_ = 0;  // the next one, as far as it was looked for
  std::vector<field_text> fields_;
  std::uint32_t next_ = 0;   // behind the record's line end
  std::uint64_t lines_ = 0;  // line ends within the record, its own included
  std::string scratch_;
};

}  // namespace weir::codecs
