#include "actors/codecs/ndjson_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "runtime/base/text.hpp"
#include "runtime/data/json_text.hpp"

namespace weir::codecs {
ndjson_reader::ndjson_reader(reader_options options)
    : options_(std::move(options)), columns_(options_), walker_(columns_) {}

void ndjson_reader::begin_block(const raw_block& from) {
  block_ = from.data;
  base_ = from.begin;
  const std::string_view text = from.text();
  indexed_ = index_.build(text);
  if (indexed_) walker_.begin(text, index_);
}

// The end of the line at `begin`, if it is a record of the usual form; else `begin`.
std::uint32_t ndjson_reader::compact_line(std::uint32_t begin) {
  if (!indexed_) return begin;
  columns_.begin_record(base_);
  return walker_.compact_line(begin - base_) + base_;
}

ndjson_reader::found ndjson_reader::walk(std::uint32_t begin, std::uint32_t end) {
  if (indexed_) {
    columns_.begin_record(base_);
    return walker_.line(end - base_);
  }
  const auto text = marks_.text(begin, end);
  columns_.begin_record(begin);
  if (!index_.build(text)) return found::bad;
  walker_.begin(text, index_);
  return walker_.line(end - begin);
}

// What else an input is whose first line is no record; none if it looks like nothing known.
std::optional<std::string> ndjson_reader::other_form(std::string_view first) const {
  if (auto utf16 = utf16_reason(first)) return utf16;
  first.remove_prefix(std::min(first.find_first_not_of(" \t"), first.size()));
  const bool is_list = first.starts_with('[');
  // `{` and what a printer sets behind it; a record that was cut has more.
  const bool opens_map = first.find_first_not_of("{ \t") == std::string_view::npos;
  if (!is_list && !opens_map) return std::nullopt;
  return fmt::format(
      "the file looks like one JSON value; a record is an object on a line of its own, as "
      "'jq -c {}' makes them",
      is_list ? ".[]" : ".");
}

bad_record ndjson_reader::refuse(std::uint32_t begin, std::uint32_t end, std::uint64_t line) const {
  const std::string_view text = marks_.text(begin, end);
  bad_record bad{.offset = marks_.offset_of(begin),
                 .line = line,
                 .bytes = std::string(text),
                 .code = columns_.problem_code(),
                 .reason = columns_.problem()};
  if (!bad.reason.empty()) return bad;
  bad.code = is_utf8(text) ? "not-json" : "not-utf8";
  // Only the place itself tells what begins a file: what came before may have been read elsewhere.
  if (bad.offset == 0)
    if (auto other = other_form(text)) {
      bad.reason = std::move(*other);
      return bad;
    }
  const auto problem = check_json(text);
  bad.reason =
      problem ? "byte " + std::to_string(problem->offset + 1) + " of the record: " + problem->text
              : "a record is a JSON object, this is another value";
  return bad;
}

// What became of the line at `begin`: its record goes into the chunk, or waits for the next one.
ndjson_reader::kept ndjson_reader::take_line(found what, std::uint32_t begin,
                                             std::uint32_t line_end, std::uint64_t line,
                                             std::vector<bad_record>& bad) {
  const std::uint32_t end = without_return(begin, line_end);
  if (end - begin > options_.record_max.bytes) {
    bad.push_back(too_long_record(marks_.offset_of(begin), line, end - begin,
                                  marks_.text(begin, end), options_.record_max));
  } else if (what == found::bad) {
    bad.push_back(refuse(begin, end, line));
  } else if (what == found::record) {
    if (!columns_.has_room()) return kept::later;
    columns_.add_record();
    marks_.add(begin, end, line);
    // Every other time, so that of lines that take turns one kind is kept.
    if (misses_ % 2 == 1 && lines_before_try_ == 0) columns_.learn_usual();
  }
  return kept::now;
}

// The end of a line's text: a CR before its end belongs to that.
std::uint32_t ndjson_reader::without_return(std::uint32_t begin, std::uint32_t end) const {
  return end > begin && block_->data()[end - 1] == '\r' ? end - 1 : end;
}

// Reads lines for as long as they are as usual and there is room for them. False: there was no room
// for the next one.
bool ndjson_reader::read_usual_rows(const raw_block& from, std::uint32_t& at, std::uint64_t& line) {
  const auto usual = columns_.begin_usual(base_);
  if (usual.members.empty()) return true;
  const std::uint32_t rows_end = std::min(usual.end, options_.rows_max);
  std::uint32_t row = usual.begin;
  for (; row < rows_end && at < from.end; ++row) {
    const std::uint32_t end = walker_.usual_line(at - base_, usual.members, row, base_) + base_;
    const std::uint32_t text_end = without_return(at, end);
    // Of a record that is too long nothing but its length is looked at later.
    if (end == at || text_end - at > options_.record_max.bytes) break;
    marks_.add(at, text_end, line);
    if (end < from.end) ++line;
    at = std::min(end + 1, from.end);
  }
  columns_.end_usual(row);
  return row < rows_end || usual.begin == rows_end;
}

// Reads the lines that are as usual, from `at` on. Where several tries find so few that it does not
// pay, the next lines are read without.
void ndjson_reader::read_usual(const raw_block& from, std::uint32_t& at, std::uint64_t& line) {
  constexpr std::uint32_t lines_that_pay = 2;
  constexpr std::uint32_t misses_free = 2;
  constexpr std::uint32_t misses_most = 6;
  if (!indexed_ || marks_.size() == 0) return;
  if (lines_before_try_ > 0) {
    --lines_before_try_;
    return;
  }
  const std::uint32_t rows = marks_.size();
  if (walker_.may_be_usual(at - base_, columns_.usual()))
    while (!read_usual_rows(from, at, line)) continue;
  misses_ = marks_.size() - rows < lines_that_pay ? misses_ + 1 : 0;
  lines_before_try_ = misses_ <= misses_free ? 0 : 1U << std::min(misses_, misses_most);
}

result<read_records> ndjson_reader::read(raw_block& from) {
  skip_byte_order_mark(from);
  if (block_ != from.data || next_ != from.begin) begin_block(from);
  read_records out;
  marks_.begin(from, options_.keep_raw);
  columns_.begin_chunk(from.data);
  const char* bytes = from.data->data();
  std::uint64_t line = from.line;
  std::uint32_t at = from.begin;
  while (at < from.end && marks_.size() < options_.rows_max && out.bad.size() < bad_records_max) {
    read_usual(from, at, line);
    if (at == from.end || marks_.size() == options_.rows_max) break;
    // Most of the others, too, are read without a look at where they end.
    found what = found::record;
    std::uint32_t end = compact_line(at);
    if (end == at) {
      const void* next = std::memchr(bytes + at, '\n', from.end - at);
      end = next == nullptr ? from.end
                            : static_cast<std::uint32_t>(static_cast<const char*>(next) - bytes);
      what = walk(at, end);
    }
    if (take_line(what, at, end, line, out.bad) == kept::later) {
      // The index has moved past the record: the next call makes its own.
      block_.reset();
      break;
    }
    if (end < from.end) ++line;
    at = std::min(end + 1, from.end);
  }
  chunk::parts parts;
  marks_.finish(parts, "ndjson", "");
  columns_.finish_chunk(parts);
  out.records = make_chunk(std::move(parts));
  from.offset += at - from.begin;
  from.begin = next_ = at;
  from.line = line;
  if (from.empty()) block_.reset();
  return out;
}

}  // namespace weir::codecs
