#include "actors/codecs/csv_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "actors/codecs/json_index.hpp"
#include "actors/codecs/scan_number.hpp"
#include "runtime/base/text.hpp"

namespace weir::codecs {
namespace {

constexpr const char* unclosed = "a quoted field does not end";
constexpr const char* header_too_long = "the header is longer than max_record allows";
constexpr const char* text_behind = "text follows behind a field's closing quote";

}  // namespace

csv_reader::csv_reader(reader_options options, csv_options format)
    : options_(std::move(options)), format_(std::move(format)) {}

void csv_reader::begin_input() {
  named_ = false;
  header_at_ = 0;
}

std::optional<std::vector<std::string>> csv_reader::names() const {
  if (!named_) return std::nullopt;
  std::vector<std::string> list;
  for (const auto& c : columns_) list.push_back(c.name);
  return list;
}

result<void> csv_reader::name_columns(std::vector<std::string> names) {
  columns_.clear();
  wanted_.clear();
  declared_.clear();
  std::vector<field> fields;
  for (auto& name : names) {
    const auto same = [&](const column_state& c) { return c.name == name; };
    if (std::any_of(columns_.begin(), columns_.end(), same))
      return failure("csv-header", fmt::format("two columns are named {}", quoted(name)));
    column_state& c = columns_.emplace_back();
    c.type = options_.type_of(name);
    c.wanted = options_.wants(name);
    c.name = name;
    const auto number = static_cast<std::uint32_t>(columns_.size() - 1);
    if (c.type != column_type::dynamic) declared_.push_back(number);
    if (!c.wanted) continue;
    wanted_.push_back(number);
    fields.push_back({name, c.type, true});
  }
  raw_header_ = csv_raw_header(names, format_.delimiter);
  schema_ = std::make_shared<const schema>(std::move(fields));
  named_ = true;
  return {};
}

void csv_reader::skip_blank_lines(raw_block& from) {
  for (auto text = from.text(); text.starts_with('\n') || text.starts_with("\r\n");
       text = from.text()) {
    const std::uint32_t length = text.front() == '\n' ? 1 : 2;
    from.begin += length;
    from.offset += length;
    ++from.line;
  }
}

// Names the columns, unless the block has nothing but blank lines.
result<void> csv_reader::take_header(raw_block& from) {
  const std::uint32_t begin = from.begin;
  skip_byte_order_mark(from);
  if (from.begin > begin) header_at_ = from.offset;
  if (named_) return {};
  if (format_.names) return name_columns(*format_.names);
  // Only a header that was too long to be kept can be missing here.
  if (from.offset != header_at_) return failure("csv-header", header_too_long);
  skip_blank_lines(from);
  header_at_ = from.offset;
  if (from.empty()) return {};
  if (auto reason = from.offset == 0 ? utf16_reason(from.text()) : std::nullopt)
    return failure("csv-header", std::move(*reason));
  bytes_ = from.data->data();
  const char* problem = scan(from.begin, from.end);
  if (record_end(from.begin) - from.begin > options_.record_max.bytes)
    return failure("csv-header", header_too_long);
  if (problem != nullptr)
    return failure("csv-header", fmt::format("the header can't be read: {}", problem));
  std::vector<std::string> names;
  for (const auto& f : fields_) names.emplace_back(text_of(f));
  for (const auto& name : names)
    if (!is_utf8(name))
      return failure("csv-header", fmt::format("the name {} is not UTF-8", quoted(name)));
  for (std::size_t i = 0; i < names.size(); ++i)
    if (names[i].empty()) names[i] = fmt::format("column_{}", i + 1);
  from.offset += next_ - from.begin;
  from.line += lines_;
  from.begin = next_;
  return name_columns(std::move(names));
}

// Reads the field whose opening quote is at `at`, and moves `at` behind the closing one.
const char* csv_reader::scan_quoted(std::uint32_t& at, std::uint32_t end, field_text& field) {
  field.quoted = true;
  field.begin = ++at;
  for (;;) {
    const std::string_view rest(bytes_ + at, end - at);
    at += static_cast<std::uint32_t>(
        find_byte(rest, [](byte_lanes b) { return (b == '"') | (b == '\n'); }));
    if (at < end && bytes_[at] == '\n') {
      ++lines_;
      ++at;
      continue;
    }
    if (at == end) {
      field.end = end;
      return unclosed;
    }
    if (at + 1 == end || bytes_[at + 1] != '"') break;
    field.doubled = true;
    at += 2;
  }
  field.end = at++;
  return nullptr;
}

// The next delimiter or line end.
std::uint32_t csv_reader::field_end(std::uint32_t at, std::uint32_t end) const {
  const auto delimiter = all_lanes(format_.delimiter);
  return at + static_cast<std::uint32_t>(find_byte({bytes_ + at, end - at}, [=](byte_lanes b) {
           return (b == delimiter) | (b == '\n');
         }));
}

// Finds the fields of the record at `begin` if it is of the usual form: as many as there are
// columns, no quote, a line end behind it. If not, `ends_` has to be told where to go on.
bool csv_reader::scan_plain(std::uint32_t begin, std::uint32_t end) {
  if (quote_ < begin) {
    const void* found = std::memchr(bytes_ + begin, '"', end - begin);
    quote_ = found == nullptr
                 ? end
                 : static_cast<std::uint32_t>(static_cast<const char*>(found) - bytes_);
  }
  if (columns_.empty() || format_.delimiter == '\n') return false;
  fields_.resize(columns_.size());
  for (auto& f : fields_) {
    f = {.begin = begin, .end = ends_.next()};
    begin = f.end + 1;
    if (f.end >= quote_) return false;
    const bool is_last = &f == &fields_.back();
    if (bytes_[f.end] != (is_last ? '\n' : format_.delimiter)) return false;
  }
  auto& last = fields_.back();
  if (last.end > last.begin && bytes_[last.end - 1] == '\r') --last.end;
  next_ = begin;
  lines_ = 1;
  return true;
}

// Finds the fields of the record at `begin`, and where the next one begins. A record with a problem
// is gone over to its end like any other.
const char* csv_reader::scan(std::uint32_t begin, std::uint32_t end) {
  const char delimiter = format_.delimiter;
  const char* problem = nullptr;
  fields_.clear();
  lines_ = 0;
  for (std::uint32_t at = begin;; ++at) {
    field_text field{.begin = at};
    if (at < end && bytes_[at] == '"') {
      if (const char* found = scan_quoted(at, end, field)) problem = found;
      const std::uint32_t close = at;
      at = field_end(at, end);
      const bool only_line_end =
          at - close == 1 && bytes_[close] == '\r' && (at == end || bytes_[at] == '\n');
      if (at != close && !only_line_end) problem = text_behind;
    } else {
      at = field_end(at, end);
      field.end = at;
      const bool ends = at == end || bytes_[at] == '\n';
      if (ends && field.end > field.begin && bytes_[at - 1] == '\r') --field.end;
    }
    fields_.push_back(field);
    if (at < end && bytes_[at] == delimiter) continue;
    if (at < end) ++lines_;
    next_ = std::min(at + 1, end);
    return problem;
  }
}

// The end of the record at `begin` that was scanned last, without its line end: behind a quote that
// is never closed, one belongs to the field.
std::uint32_t csv_reader::record_end(std::uint32_t begin) const {
  std::uint32_t end = next_;
  if (fields_.back().quoted && fields_.back().end == end) return end;
  if (end > begin && bytes_[end - 1] == '\n') --end;
  if (end > begin && bytes_[end - 1] == '\r') --end;
  return end;
}

std::string_view csv_reader::text_of(const field_text& f) {
  const std::string_view text(bytes_ + f.begin, f.end - f.begin);
  if (!f.doubled) return text;
  scratch_.clear();
  for (std::size_t at = 0; at < text.size(); ++at) {
    scratch_ += text[at];
    if (text[at] == '"') ++at;
  }
  return scratch_;
}

// Why the record can't be kept; none if each declared field fits.
std::optional<std::string> csv_reader::convert_fields() {
  for (const auto i : declared_) {
    column_state& c = columns_[i];
    const field_text& f = fields_[i];
    c.read.reset();
    if (f.begin == f.end && !f.quoted) continue;
    const std::string_view text = text_of(f);
    c.read = convert(text, c.type);
    if (!c.read) return mismatch_reason(c.name, text, c.type);
  }
  return std::nullopt;
}

void csv_reader::append_fields() {
  for (const auto i : wanted_) {
    column_state& c = columns_[i];
    const field_text& f = fields_[i];
    if (f.begin == f.end && !f.quoted) {
      c.values.append_null();
    } else if (c.type != column_type::dynamic) {
      append_declared(c, f);
    } else {
      append_dynamic(c, f);
    }
  }
}

void csv_reader::append_declared(column_state& c, const field_text& f) {
  const bool is_text = c.read->kind == value_kind::string || c.read->kind == value_kind::json;
  if (is_text && !f.doubled) {
    c.values.append_shared(text_of(f), c.shared, f.begin, c.read->kind);
  } else {
    append_converted(c.values, *c.read, text_of(f));
  }
}

// A number where it reads as one, else a string.
void csv_reader::append_dynamic(column_state& c, const field_text& f) {
  const std::string_view text = text_of(f);
  if (f.doubled) {
    // Doubled quotes are in no number.
    c.values.append_text(text, value_kind::string);
    return;
  }
  scanned_value number;
  if (text.empty() || !scan_number_in_buffer(text, number)) {
    c.values.append_shared(text, c.shared, f.begin, value_kind::string);
  } else if (number.kind == value_kind::int64) {
    c.values.append_int64(number.int64);
  } else {
    c.values.append_shared_float64(number.float64, text, c.shared, f.begin);
  }
}

bool csv_reader::is_utf8_record(std::uint32_t begin, std::uint32_t end) const {
  return block_is_utf8_ || is_utf8_fast({bytes_ + begin, end - begin});
}

std::optional<bad_record> csv_reader::refuse(std::uint32_t begin, std::uint32_t end,
                                             std::uint64_t line, const char* problem) {
  if (end - begin > options_.record_max.bytes)
    return too_long_record(marks_.offset_of(begin), line, end - begin, marks_.text(begin, end),
                           options_.record_max);
  bad_record bad{.offset = marks_.offset_of(begin),
                 .line = line,
                 .bytes = {},
                 .code = "not-csv",
                 .reason = {}};
  if (problem != nullptr) {
    bad.reason = problem;
  } else if (fields_.size() != columns_.size()) {
    bad.code = "field-count";
    bad.reason = fmt::format("{} field{} where there {} {} column{}", fields_.size(),
                             fields_.size() == 1 ? "" : "s", columns_.size() == 1 ? "is" : "are",
                             columns_.size(), columns_.size() == 1 ? "" : "s");
  } else if (!is_utf8_record(begin, end)) {
    bad.code = "not-utf8";
    bad.reason = "the record is not UTF-8";
  } else if (auto mismatch = convert_fields()) {
    bad.code = "type-mismatch";
    bad.reason = std::move(*mismatch);
  } else {
    return std::nullopt;
  }
  bad.bytes = std::string(marks_.text(begin, end));
  return bad;
}

void csv_reader::begin_chunk(const raw_block& from) {
  bytes_ = from.data->data();
  marks_.begin(from, options_.keep_raw);
  ends_ = csv_ends(bytes_, from.begin, from.end, format_.delimiter);
  quote_ = 0;
  for (auto& c : columns_)
    if (c.wanted) c.shared = c.values.share(from.data);
}

chunk_ptr csv_reader::finish_chunk() {
  chunk::parts out{.columns_schema = schema_};
  marks_.finish(out, "csv", raw_header_);
  for (auto& c : columns_)
    if (c.wanted) out.columns.push_back(c.values.finish());
  return make_chunk(std::move(out));
}

result<void> csv_reader::take_names(raw_block& from) {
  if (!from.names) return take_header(from);
  if (from.names == names_) return {};
  names_ = from.names;
  return name_columns(*names_);
}

result<read_records> csv_reader::read(raw_block& from) {
  if (auto named = take_names(from); !named) return failure(named.error());
  read_records out;
  if (!named_) {
    out.records = empty_chunk();
    return out;
  }
  begin_chunk(from);
  block_is_utf8_ = is_utf8_fast(from.text());
  const std::size_t rows_max = std::min<std::size_t>(
      options_.rows_max, std::max<std::size_t>(chunk_cells_max / (columns_.size() + 1), 1));
  std::uint32_t at = from.begin;
  std::uint64_t line = from.line;
  while (at < from.end && marks_.size() < rows_max && out.bad.size() < bad_records_max) {
    const bool is_plain = scan_plain(at, from.end);
    const char* problem = is_plain ? nullptr : scan(at, from.end);
    if (!is_plain) ends_.go_to(next_);
    const std::uint32_t end = record_end(at);
    const bool blank = end == at && columns_.size() != 1;
    if (auto bad = blank ? std::nullopt : refuse(at, end, line, problem)) {
      out.bad.push_back(std::move(*bad));
    } else if (!blank) {
      append_fields();
      marks_.add(at, end, line);
    }
    at = next_;
    line += lines_;
  }
  out.records = finish_chunk();
  from.offset += at - from.begin;
  from.begin = at;
  from.line = line;
  return out;
}

}  // namespace weir::codecs
