#include "runtime/data/records.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>

#include "runtime/base/base64.hpp"
#include "runtime/base/number.hpp"
#include "runtime/base/text.hpp"
#include "runtime/data/json_text.hpp"

namespace weir {
namespace {

bool is_plain(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\';
}

// The high bit of each byte of `word` that JSON strings can't hold as it is, or that is not ASCII;
// perhaps also of bytes behind the first such byte.
std::uint64_t special_bytes(std::uint64_t word) {
  constexpr std::uint64_t ones = 0x0101010101010101ULL;
  const auto zeros = [&](std::uint64_t w) { return (w - ones) & ~w; };
  return (word | zeros(word ^ ones * '"') | zeros(word ^ ones * '\\') | (word - ones * 0x20)) &
         ones * 0x80;
}

std::size_t plain_length(std::string_view text) {
  std::size_t length = 0;
  for (; length + 8 <= text.size(); length += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + length, 8);
    if (const auto special = special_bytes(word); special != 0) break;
  }
  while (length < text.size() && is_plain(text[length])) ++length;
  return length;
}

void append_control(std::string& out, char c) {
  switch (c) {
    case '"':
      out += "\\\"";
      break;
    case '\\':
      out += "\\\\";
      break;
    case '\n':
      out += "\\n";
      break;
    case '\r':
      out += "\\r";
      break;
    case '\t':
      out += "\\t";
      break;
    case '\b':
      out += "\\b";
      break;
    case '\f':
      out += "\\f";
      break;
    default:
      out += "\\u00";
      out += "0123456789abcdef"[static_cast<unsigned char>(c) >> 4];
      out += "0123456789abcdef"[static_cast<unsigned char>(c) & 15];
  }
}

void append_double(std::string& out, const value_view& value) {
  if (!value.text.empty()) {
    out += value.text;
  } else if (std::isnan(value.float64)) {
    out += "\"NaN\"";
  } else if (std::isinf(value.float64)) {
    out += value.float64 > 0 ? "\"Infinity\"" : "\"-Infinity\"";
  } else {
    append_number(out, value.float64);
  }
}

// A nested value lies on one line: a line end in it can only be white space.
void append_nested(std::string& out, std::string_view text) {
  const std::size_t begin = out.size();
  out += text;
  if (text.find_first_of("\n\r") == std::string_view::npos) return;
  for (std::size_t i = begin; i < out.size(); ++i)
    if (out[i] == '\n' || out[i] == '\r') out[i] = ' ';
}

// Writes the members of one record.
class member_writer {
 public:
  member_writer(std::string& out, const chunk& from, std::size_t row, nulls_written nulls)
      : out_(out), from_(from), row_(row), nulls_(nulls) {}

  void write(std::uint32_t number) {
    const auto value = from_.columns()[number]->at(row_);
    if (value.kind == value_kind::null && nulls_ == nulls_written::no) return;
    out_.push_back(any_ ? ',' : '{');
    any_ = true;
    append_json_string(out_, from_.schema()[number].name);
    out_.push_back(':');
    append_json(out_, value);
  }
  void finish() { out_ += any_ ? "}" : "{}"; }

 private:
  std::string& out_;
  const chunk& from_;
  std::size_t row_;
  nulls_written nulls_;
  bool any_ = false;
};

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out.push_back('"');
  while (!text.empty()) {
    const std::size_t plain = plain_length(text);
    out.append(text.substr(0, plain));
    text.remove_prefix(plain);
    if (text.empty()) break;
    std::size_t length = utf8_length(text);
    if (length == 0) {
      out += "\xEF\xBF\xBD";
      length = 1;
    } else if (length == 1) {
      append_control(out, text.front());
    } else {
      out.append(text.substr(0, length));
    }
    text.remove_prefix(length);
  }
  out.push_back('"');
}

void append_json(std::string& out, const value_view& value) {
  switch (value.kind) {
    case value_kind::null:
      out += "null";
      break;
    case value_kind::boolean:
      out += value.boolean ? "true" : "false";
      break;
    case value_kind::int64:
      append_number(out, value.int64);
      break;
    case value_kind::float64:
      append_double(out, value);
      break;
    case value_kind::timestamp:
      append_json_string(out, timestamp_text(value.int64));
      break;
    case value_kind::duration:
      append_json_string(out, duration_text(value.int64));
      break;
    case value_kind::string:
      append_json_string(out, value.text);
      break;
    case value_kind::bytes:
      out.push_back('"');
      append_base64(out, value.text);
      out.push_back('"');
      break;
    case value_kind::json:
      append_nested(out, value.text);
      break;
  }
}

void append_json_record(std::string& out, const chunk& from, std::size_t row, nulls_written nulls) {
  member_writer members(out, from, row, nulls);
  const auto columns = static_cast<std::uint32_t>(from.columns().size());
  const std::uint32_t listed = from.orders() ? from.orders()->of_row[row] : 0;
  if (listed == 0) {
    for (std::uint32_t number = 0; number < columns; ++number) members.write(number);
  } else {
    const auto& order = from.orders()->orders[listed - 1];
    for (const auto number : order) members.write(number);
    if (order.size() < columns) {
      std::vector<bool> named(columns);
      for (const auto number : order) named[number] = true;
      for (std::uint32_t number = 0; number < columns; ++number)
        if (!named[number]) members.write(number);
    }
  }
  members.finish();
}

void append_json_value(column_builder& out, std::string_view text) {
  switch (text.front()) {
    case 'n':
      out.append_null();
      return;
    case 't':
      out.append_boolean(true);
      return;
    case 'f':
      out.append_boolean(false);
      return;
    case '{':
    case '[':
      out.append_text(text, value_kind::json);
      return;
    case '"': {
      const auto inside = text.substr(1, text.size() - 2);
      if (inside.find('\\') == std::string_view::npos) {
        out.append_text(inside);
      } else {
        std::string plain;
        append_unescaped(plain, inside);
        out.append_text(plain);
      }
      return;
    }
    default:
      break;
  }
  // Minus zero is a whole number that no int64 can keep.
  const auto whole = text == "-0" ? std::nullopt : parse_int64(text);
  if (whole) {
    out.append_int64(*whole);
  } else {
    out.append_float64(parse_float64(text).value_or(0), text);
  }
}

namespace {

// The columns of records that come one by one.
class record_collector {
 public:
  void append(std::string_view object) {
    std::vector<std::uint32_t> order;
    each_json_member(object, [&](std::string_view key, std::string_view value) {
      std::string name;
      append_unescaped(name, key);
      const auto [at, added] =
          numbers_.try_emplace(name, static_cast<std::uint32_t>(columns_.size()));
      if (added) {
        fields_.push_back({name, column_type::dynamic});
        columns_.emplace_back();
      }
      auto& column = columns_[at->second];
      if (column.size() > rows_) return;  // the first of duplicate keys counts
      column.fill_nulls(rows_);
      append_json_value(column, value);
      order.push_back(at->second);
    });
    orders_.of_row.push_back(number_of(std::move(order)));
    ++rows_;
  }

  chunk_ptr finish() && {
    chunk::parts out;
    for (auto& c : columns_) {
      c.fill_nulls(rows_);
      out.columns.push_back(c.finish());
    }
    out.columns_schema = std::make_shared<const schema>(std::move(fields_));
    out.rows = rows_;
    if (!orders_.orders.empty())
      out.orders = std::make_shared<const key_orders>(std::move(orders_));
    return make_chunk(std::move(out));
  }

 private:
  std::uint32_t number_of(std::vector<std::uint32_t> order) {
    if (std::is_sorted(order.begin(), order.end())) return 0;
    const auto [at, added] =
        known_orders_.try_emplace(order, static_cast<std::uint32_t>(orders_.orders.size() + 1));
    if (added) orders_.orders.push_back(std::move(order));
    return at->second;
  }

  std::uint32_t rows_ = 0;
  std::vector<field> fields_;
  std::vector<column_builder> columns_;
  std::map<std::string, std::uint32_t> numbers_;
  key_orders orders_;
  std::map<std::vector<std::uint32_t>, std::uint32_t> known_orders_;
};

}  // namespace

result<chunk_ptr> chunk_of_json(std::string_view lines) {
  record_collector records;
  std::size_t number = 0;
  for (const auto line : split(lines, '\n')) {
    ++number;
    const auto begin = line.find_first_not_of(" \t\r");
    if (begin == std::string_view::npos) continue;
    auto problem = check_json(line);
    if (!problem && line[begin] != '{') problem = json_problem{begin, "a record is a map"};
    if (problem)
      return failure("not-json", fmt::format("line {}, byte {}: {}", number, problem->offset + 1,
                                             problem->text));
    records.append(line);
  }
  return std::move(records).finish();
}

}  // namespace weir
