#include "actors/codecs/lines_reader.hpp"

#include <algorithm>

#include "actors/codecs/json_index.hpp"
#include "actors/codecs/line_ends.hpp"

namespace weir::codecs {
namespace {

// Where a line ends without its CR.
std::uint32_t text_end(const char* bytes, std::uint32_t begin, std::uint32_t end) {
  return end > begin && bytes[end - 1] == '\r' ? end - 1 : end;
}

}  // namespace

lines_reader::lines_reader(reader_options options)
    : options_(std::move(options)), wanted_(options_.wants("line")) {
  std::vector<field> fields;
  if (wanted_) fields.push_back({"line", column_type::string, true});
  schema_ = std::make_shared<const schema>(std::move(fields));
}

// Takes the lines with these ends straight into the columns' arrays; false, and nothing done, if
// these are not there yet or a line is too long.
bool lines_reader::take_lines(raw_block& front, std::uint32_t shared,
                              std::span<const std::uint32_t> ends) {
  const char* const bytes = front.data->data();
  string_ref* texts = nullptr;
  if (wanted_) {
    const std::size_t rows = marks_.size();
    texts = values_.open(rows + ends.size()).strings;
    if (texts == nullptr) return false;
    texts += rows;
  }
  const auto positions = marks_.add_rows(ends.size());
  std::uint32_t at = front.begin;
  std::uint32_t longest = 0;
  for (std::size_t i = 0; i < ends.size(); ++i) {
    const auto size = text_end(bytes, at, ends[i]) - at;
    if (texts != nullptr) texts[i].refer({bytes + at, size}, shared, at);
    positions[i] = marks_.position_of(at, front.line + i);
    longest = std::max(longest, size);
    at = ends[i] + 1;
  }
  if (longest > options_.record_max.bytes) {
    marks_.drop_rows(ends.size());
    return false;
  }
  if (wanted_) values_.count(ends.size(), longest > string_ref::inline_max);
  front.offset += at - front.begin;
  front.begin = at;
  front.line += ends.size();
  return true;
}

// Takes one line, which ends at `end`.
void lines_reader::take_line(raw_block& front, std::uint32_t shared, std::uint32_t end,
                             bool is_utf8, std::vector<bad_record>& bad) {
  const auto text_at = front.begin;
  const auto text = marks_.text(text_at, text_end(front.data->data(), text_at, end));
  if (text.size() > options_.record_max.bytes) {
    bad.push_back(
        too_long_record(front.offset, front.line, text.size(), text, options_.record_max));
  } else if (!is_utf8 && !is_utf8_fast(text)) {
    bad.push_back(
        {.offset = front.offset,
         .line = front.line,
         .bytes = std::string(text),
         .code = "not-utf8",
         .reason = utf16_reason(front.offset == 0 ? text : "").value_or("the line is not UTF-8")});
  } else {
    if (wanted_) values_.append_shared(text, shared, text_at);
    marks_.add(text_at, text_at + static_cast<std::uint32_t>(text.size()), front.line);
  }
  const auto next = std::min(end + 1, front.end);
  if (end < front.end) ++front.line;
  front.offset += next - front.begin;
  front.begin = next;
}

result<read_records> lines_reader::read(raw_block& from) {
  read_records out;
  skip_byte_order_mark(from);
  marks_.begin(from, options_.keep_raw);
  const bool is_utf8 = is_utf8_fast(from.text());
  const std::uint32_t shared = values_.share(from.data);
  line_ends ends(from.data->data(), from.begin, from.end);
  while (!from.empty() && marks_.size() < options_.rows_max && out.bad.size() < bad_records_max) {
    auto next = ends.next();
    next = next.first(std::min<std::size_t>(next.size(), options_.rows_max - marks_.size()));
    if (next.empty()) {
      take_line(from, shared, from.end, is_utf8, out.bad);
    } else if (is_utf8 && !options_.keep_raw && take_lines(from, shared, next)) {
      ends.take(next.size());
    } else {
      for (std::size_t i = 0; i < next.size() && out.bad.size() < bad_records_max; ++i) {
        take_line(from, shared, next[i], is_utf8, out.bad);
        ends.take(1);
      }
    }
  }
  chunk::parts parts{.columns_schema = schema_};
  marks_.finish(parts, "lines", "");
  auto values = values_.finish();
  if (wanted_) parts.columns.push_back(std::move(values));
  out.records = make_chunk(std::move(parts));
  return out;
}

}  // namespace weir::codecs
