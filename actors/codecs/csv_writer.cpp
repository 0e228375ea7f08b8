#include "actors/codecs/csv_writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "actors/codecs/byte_lanes.hpp"
#include "actors/codecs/csv_format.hpp"
#include "actors/codecs/put_int64.hpp"
#include "runtime/base/base64.hpp"
#include "runtime/base/number.hpp"
#include "runtime/base/text.hpp"
#include "runtime/data/records.hpp"
#include "runtime/data/time_text.hpp"

namespace weir::codecs {
namespace {

// A text of at most this many bytes is a short piece: with quotes, delimiter and what copying by
// blocks writes behind it.
constexpr std::size_t short_text_max = text_buffer::piece_max - 64;

void append_float64(std::string& out, double number) {
  if (std::isfinite(number)) {
    append_number(out, number);
  } else {
    out += std::isnan(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity";
  }
}

// Any value: what is seldom written, or takes a longer way.
void append_value(std::string& out, const value_view& value, char delimiter) {
  switch (value.kind) {
    case value_kind::null:
      break;
    case value_kind::string:
    case value_kind::json:
      append_csv_field(out, value.text, delimiter);
      break;
    case value_kind::bytes:
      if (value.text.empty()) append_csv_field(out, "", delimiter);
      append_base64(out, value.text);
      break;
    case value_kind::timestamp:
      append_csv_field(out, timestamp_text(value.int64), delimiter);
      break;
    case value_kind::duration:
      append_csv_field(out, duration_text(value.int64), delimiter);
      break;
    case value_kind::float64:
      if (value.text.empty()) {
        append_float64(out, value.float64);
        break;
      }
      [[fallthrough]];
    case value_kind::boolean:
    case value_kind::int64:
      append_json(out, value);
  }
}

// Puts a text that needs no quotes, nor a way of its own. False: nothing was put that counts.
inline bool put_plain(char* at, std::string_view text, byte_lanes delimits) {
  const auto is_special = [=](byte_lanes b) {
    return (b == delimits) | (b == '"') | (b == '\n') | (b == '\r');
  };
  return text.size() - 1 < short_text_max && !copy_and_test<2>(at, text, is_special);
}

// Puts a text that is not plain.
[[gnu::noinline]] char* put_special(text_buffer& out, char* at, std::string_view text,
                                    char delimiter) {
  if (text.size() > short_text_max) {
    return out.append_at(at, [&](std::string& to) { append_csv_field(to, text, delimiter); });
  }
  if (!text.empty() && copy_and_test<2>(at + 1, text, [](byte_lanes b) { return b == '"'; })) {
    return out.append_at(at, [&](std::string& to) { append_quoted_csv_field(to, text); });
  }
  at[0] = at[text.size() + 1] = '"';
  return at + text.size() + 2;
}

// The same as `append_csv_field`.
inline char* put_text(text_buffer& out, char* at, std::string_view text, byte_lanes delimits,
                      char delimiter) {
  return put_plain(at, text, delimits) ? at + text.size() : put_special(out, at, text, delimiter);
}

// The same as `append_value` for a row that is not null.
inline char* put_value(text_buffer& out, char* at, const open_column& from, std::uint32_t row,
                       byte_lanes delimits, char delimiter, last_timestamp& last) {
  switch (from.storage) {
    case storage_kind::string:
    case storage_kind::json:
      return put_text(out, at, from.text(row), delimits, delimiter);
    case storage_kind::int64:
      return put_int64(at, from.int64s[row]);
    case storage_kind::timestamp:
      return put_text(out, at, last.text(from.int64s[row]), delimits, delimiter);
    case storage_kind::float64:
      if (const auto text = from.number_text(row); !text.empty() && text.size() <= short_text_max) {
        copy_lanes(at, text);
        return at + text.size();
      }
      break;
    default:
      break;
  }
  return out.append_at(at,
                       [&](std::string& to) { append_value(to, from.whole->at(row), delimiter); });
}

}  // namespace

csv_writer::csv_writer(csv_writer_options options)
    : options_(std::move(options)), given_(options_.columns.has_value()) {
  if (given_) raw_header_ = csv_raw_header(*options_.columns, options_.delimiter);
}

// The columns of the first record, in its order: its keys, and those that it has by its origin, be
// they null. What else shares its chunk does not count. A record that was read from CSV has all of
// its header's, also those that nobody asked for.
void csv_writer::learn_columns(const chunk& from) {
  if (const auto& raw = from.raw(); raw && raw->format == "csv") {
    settle_columns(csv_raw_names(raw->header), options_.known.complete);
    return;
  }
  const std::uint32_t row = from.row_of(0);
  std::vector<std::string> names;
  const auto add = [&](std::size_t number) {
    const field& f = from.schema()[number];
    if ((f.always || !from.columns()[number]->is_null(row)) &&
        std::find(names.begin(), names.end(), f.name) == names.end())
      names.push_back(f.name);
  };
  const std::uint32_t listed = from.orders() ? from.orders()->of_row[row] : 0;
  if (listed != 0)
    for (const auto number : from.orders()->orders[listed - 1]) add(number);
  for (std::size_t number = 0; number < from.columns().size(); ++number) add(number);
  settle_columns(std::move(names), true);
}

void csv_writer::settle_columns(std::vector<std::string> names, bool with_known) {
  if (with_known)
    for (const auto& f : options_.known.fields)
      if (std::find(names.begin(), names.end(), f.name) == names.end()) names.push_back(f.name);
  raw_header_ = csv_raw_header(names, options_.delimiter);
  options_.columns = std::move(names);
}

void csv_writer::write_header(text_buffer& out) {
  if (header_written_ || !options_.columns) return;
  header_written_ = true;
  if (!options_.header) return;
  out += csv_header(*options_.columns, options_.delimiter);
  out += '\n';
}

void csv_writer::meet(const chunk& from) {
  columns_.clear();
  strange_.clear();
  for (const auto& name : *options_.columns) {
    const column* found = from.find(name);
    columns_.emplace_back(found == nullptr ? *nothing_ : *found);
  }
  if (given_) return;
  for (std::size_t number = 0; number < from.columns().size(); ++number) {
    const auto& name = from.schema()[number].name;
    if (std::find(options_.columns->begin(), options_.columns->end(), name) ==
        options_.columns->end())
      strange_.push_back(number);
  }
}

// The name of a key that is none of the columns; null if the row has no such key.
const std::string* csv_writer::strange_key(const chunk& from, std::uint32_t row) const {
  for (const auto number : strange_)
    if (!from.columns()[number]->is_null(row)) return &from.schema()[number].name;
  return nullptr;
}

char* csv_writer::put_record(text_buffer& out, char* at, std::uint32_t row) {
  const char delimiter = options_.delimiter;
  const byte_lanes delimits = all_lanes(delimiter);
  for (const auto& c : columns_) {
    at = out.with_room(at);
    if (!c.is_null(row)) at = put_value(out, at, c, row, delimits, delimiter, last_time_);
    *at++ = delimiter;
  }
  // The last delimiter is not one.
  if (columns_.empty()) at = out.with_room(at) + 1;
  at[-1] = '\n';
  return at;
}

void csv_writer::write(const chunk& from, text_buffer& out, std::vector<refused_record>& refused) {
  if (from.size() == 0) return;
  if (!options_.columns) learn_columns(from);
  write_header(out);
  const auto& raw = from.raw();
  if (raw && raw->format == "csv" && raw->header == raw_header_) {
    from.each_row([&](std::uint32_t row) {
      const auto text = raw->text->string(row);
      out += text;
      // A CR in front of LF would be taken for a part of the line end.
      out += text.ends_with('\r') ? "\r\n" : "\n";
    });
    return;
  }
  meet(from);
  char* at = out.end();
  from.each_row([&](std::uint32_t row) {
    if (const auto* key = strange_key(from, row); key != nullptr) {
      refused.push_back({row, "no-such-column",
                         fmt::format("the key {} is none of the columns that the first record has",
                                     quoted(*key))});
    } else {
      at = put_record(out, at, row);
    }
  });
  out.end_at(at);
}

std::unique_ptr<record_writer> csv_writer::beside() const {
  return header_written_ ? std::make_unique<csv_writer>(*this) : nullptr;
}

void csv_writer::finish(text_buffer& out) {
  if (!options_.columns && options_.known.complete) settle_columns({}, true);
  write_header(out);
}

}  // namespace weir::codecs
