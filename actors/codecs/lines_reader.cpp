#include "actors/codecs/lines_reader.hpp"

#include <cstring>

#include "actors/codecs/json_index.hpp"

namespace weir::codecs {

lines_reader::lines_reader(reader_options options)
    : options_(std::move(options)), wanted_(options_.wants("line")) {
  std::vector<field> fields;
  if (wanted_) fields.push_back({"line", column_type::string, true});
  schema_ = std::make_shared<const schema>(std::move(fields));
}

result<read_records> lines_reader::read(raw_block& from) {
  read_records out;
  skip_byte_order_mark(from);
  marks_.begin(from, options_.keep_raw);
  const bool block_is_utf8 = is_utf8_fast(from.text());
  const char* bytes = from.data->data();
  const std::uint32_t shared = values_.share(from.data);
  std::uint32_t at = from.begin;
  std::uint64_t line = from.line;
  while (at < from.end && marks_.size() < options_.rows_max && out.bad.size() < bad_records_max) {
    const auto* found = static_cast<const char*>(std::memchr(bytes + at, '\n', from.end - at));
    const auto line_end = found == nullptr ? from.end : static_cast<std::uint32_t>(found - bytes);
    const auto end = line_end > at && bytes[line_end - 1] == '\r' ? line_end - 1 : line_end;
    const auto text = marks_.text(at, end);
    if (text.size() > options_.record_max.bytes) {
      out.bad.push_back(
          too_long_record(marks_.offset_of(at), line, text.size(), text, options_.record_max));
    } else if (!block_is_utf8 && !is_utf8_fast(text)) {
      out.bad.push_back({.offset = marks_.offset_of(at),
                         .line = line,
                         .bytes = std::string(text),
                         .code = "not-utf8",
                         .reason = utf16_reason(marks_.offset_of(at) == 0 ? text : "")
                                       .value_or("the line is not UTF-8")});
    } else {
      if (wanted_) values_.append_shared(text, shared, at);
      marks_.add(at, end, line);
    }
    at = found == nullptr ? line_end : line_end + 1;
    if (found != nullptr) ++line;
  }
  chunk::parts parts{.columns_schema = schema_};
  marks_.finish(parts, "lines", "");
  auto values = values_.finish();
  if (wanted_) parts.columns.push_back(std::move(values));
  out.records = make_chunk(std::move(parts));
  from.offset += at - from.begin;
  from.begin = at;
  from.line = line;
  return out;
}

}  // namespace weir::codecs
