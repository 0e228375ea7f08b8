// The reader of CSV, on any bytes. Holds: what a reader that goes byte by byte finds (fields, line
// ends within quotes, bad records, their places) is what it finds; that does not depend on cuts;
// and records that are written and read again are the same.

#include <optional>

#include "actors/codecs/csv_writer.hpp"
#include "runtime/base/text.hpp"
#include "runtime/data/json_text.hpp"
#include "tests/fuzz/any_reading.hpp"
#include "tests/fuzz/targets.hpp"

namespace weir::testing {
namespace {

struct plain_field {
  std::string text;
  bool quoted = false;
};

// One record, from its first byte on.
struct plain_record {
  std::vector<plain_field> fields;
  std::string_view text;  // without its line end
  std::size_t next = 0;
  std::size_t lines = 0;
  bool is_broken = false;
  bool is_unclosed = false;  // of the broken
};

// Reads the record at `at` byte by byte, as RFC 4180 has it.
class plain_scanner {
 public:
  plain_scanner(std::string_view text, char delimiter) : text_(text), delimiter_(delimiter) {}

  plain_record record(std::size_t begin) {
    plain_record out;
    at_ = begin;
    do out.fields.push_back(field(out));
    while (take(delimiter_));
    if (take('\n')) ++out.lines;
    out.next = at_;
    out.text = text_.substr(begin, at_ - begin);
    if (out.is_unclosed) return out;  // a line end at the end is within quotes
    if (out.text.ends_with('\n')) out.text.remove_suffix(1);
    if (out.text.ends_with('\r')) out.text.remove_suffix(1);
    return out;
  }

 private:
  bool is_at(char c) const { return at_ < text_.size() && text_[at_] == c; }
  bool take(char c) {
    if (!is_at(c)) return false;
    ++at_;
    return true;
  }
  bool ends_line() const { return at_ == text_.size() || text_[at_] == '\n'; }

  plain_field field(plain_record& of) {
    plain_field out;
    if (take('"')) {
      out.quoted = true;
      inside_quotes(out, of);
    }
    std::string behind;
    while (!ends_line() && !is_at(delimiter_)) behind += text_[at_++];
    if (ends_line() && behind.ends_with('\r')) behind.pop_back();
    if (out.quoted) {
      if (!behind.empty()) of.is_broken = true;
    } else {
      out.text = behind;
    }
    return out;
  }

  void inside_quotes(plain_field& out, plain_record& of) {
    for (;; ++at_) {
      if (at_ == text_.size()) {
        of.is_broken = of.is_unclosed = true;
        return;
      }
      if (text_[at_] == '"' && (++at_ == text_.size() || text_[at_] != '"')) return;
      if (text_[at_] == '\n') ++of.lines;
      out.text += text_[at_];
    }
  }

  std::string_view text_;
  char delimiter_;
  std::size_t at_ = 0;
};

std::string as_json(const std::vector<std::string>& names, const plain_record& record) {
  std::string out;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto& field = record.fields[i];
    if (field.text.empty() && !field.quoted) continue;
    out += out.empty() ? '{' : ',';
    append_json_string(out, names[i]);
    out += ':';
    if (is_json_number(field.text)) {
      out += field.text;
    } else {
      append_json_string(out, field.text);
    }
  }
  return out.empty() ? "{}" : out + "}";
}

// The names in a header; none where it can't be used.
std::vector<std::string> names_in(const plain_record& header) {
  std::vector<std::string> names;
  for (const auto& field : header.fields)
    names.push_back(field.text.empty() ? "column_" + std::to_string(names.size() + 1) : field.text);
  return names;
}

// None where the header is too long. That is told in two ways, by a reader as a header that can't
// be used, and in front of it as a record like any other: the cut decides which.
std::optional<plain_reading> read_plainly(std::string_view text,
                                          const codecs::reader_options& options, char delimiter) {
  plain_reading out;
  plain_scanner scanner(text, delimiter);
  std::size_t at = mark_size(text);
  std::size_t line = 1;
  std::vector<std::string> names;
  while (at < text.size()) {
    const auto record = scanner.record(at);
    const std::size_t begin = at;
    const std::size_t began_in = line;
    at = record.next;
    line += record.lines;
    if (record.text.empty() && names.size() != 1) continue;
    if (names.empty()) {
      if (record.text.size() > options.record_max.bytes) return std::nullopt;
      names = names_in(record);
    } else if (record.text.size() > options.record_max.bytes) {
      out.add_bad(begin, began_in, "record-too-long");
    } else if (record.is_broken) {
      out.add_bad(begin, began_in, "not-csv");
    } else if (record.fields.size() != names.size()) {
      out.add_bad(begin, began_in, "field-count");
    } else if (!is_utf8(record.text)) {
      out.add_bad(begin, began_in, "not-utf8");
    } else {
      out.records.push_back(as_json(names, record));
      out.add_place(begin, began_in);
    }
  }
  return out;
}

}  // namespace

void fuzz_csv(std::string_view bytes) {
  fuzz_input from(bytes);
  auto options = chosen_options(from);
  constexpr char delimiters[] = {',', ';', '\t', '|'};
  const char delimiter = delimiters[from.choose(4)];
  if (from.choose(3) == 1) options.declared = {{"a", column_type::int64}};
  const auto plain = read_plainly(from.text(), options, delimiter);
  if (!plain) return;
  const reading found = read_in_any_cut(csv({.delimiter = delimiter}), from, options);
  if (!found.failure.empty()) return;
  if (options.declared.empty()) require_plain(found, *plain);

  codecs::csv_writer writer({.delimiter = delimiter});
  options.record_max = 1_MiB;
  const reading again = read_all(csv({.delimiter = delimiter}), written_by(writer, found), options);
  require_same(again.failure, "", "failure of what was written");
  require_same(again.bad, {}, "bad record among those written");
  require_same(again.records, found.records, "record written and read again");
}

}  // namespace weir::testing
