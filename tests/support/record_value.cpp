#include "tests/support/record_value.hpp"

#include <algorithm>
#include <numeric>
#include <ostream>
#include <stdexcept>

#include "runtime/base/duration.hpp"
#include "runtime/base/number.hpp"
#include "runtime/data/column_builder.hpp"
#include "runtime/data/records.hpp"
#include "tests/support/flow_text.hpp"

namespace weir::testing {
namespace {

bool is_number(std::string_view text) {
  const auto digits = text.starts_with('-') ? text.substr(1) : text;
  return !digits.empty() && digits[0] >= '0' && digits[0] <= '9' && parse_float64(text);
}

record_value value_of(const config_value& from) {
  record_value value;
  switch (from.what) {
    case config_value::kind::null:
      break;
    case config_value::kind::list:
      value.what = record_value::kind::list;
      for (const auto& item : from.items) value.items.push_back(value_of(item));
      break;
    case config_value::kind::map:
      value.what = record_value::kind::map;
      for (const auto& entry : from.entries) {
        auto inner = value_of(entry.value);
        if (inner.what != record_value::kind::null)
          value.entries.emplace(entry.key, std::move(inner));
      }
      break;
    case config_value::kind::scalar:
      value.text = from.text;
      if (from.place.style != scalar_style::plain) {
        value.what = record_value::kind::string;
      } else if (from.text == "true" || from.text == "false") {
        value.what = record_value::kind::boolean;
        value.boolean = from.text == "true";
      } else {
        value.what = is_number(from.text) ? record_value::kind::number : record_value::kind::string;
      }
  }
  return value;
}

void append_value(column_builder& to, const record_value& value, column_type type) {
  switch (value.what) {
    case record_value::kind::null:
      to.append_null();
      return;
    case record_value::kind::boolean:
      to.append_boolean(value.boolean);
      return;
    case record_value::kind::list:
    case record_value::kind::map:
      to.append_text(to_text(value), value_kind::json);
      return;
    case record_value::kind::number: {
      const auto whole = parse_int64(value.text);
      if (type == column_type::float64) {
        to.append_float64(*parse_float64(value.text));
      } else if (whole) {
        to.append_int64(*whole);
      } else {
        to.append_float64(*parse_float64(value.text), value.text);
      }
      return;
    }
    case record_value::kind::string:
      if (type == column_type::timestamp) {
        to.append_int64(parse_timestamp(value.text).value(), value_kind::timestamp);
      } else if (type == column_type::duration) {
        to.append_int64(parse_duration(value.text).value().count(), value_kind::duration);
      } else {
        to.append_text(value.text,
                       type == column_type::bytes ? value_kind::bytes : value_kind::string);
      }
  }
}

// What stands in rows that are not records: of a declared type, but never of the records' own.
void append_stranger(column_builder& to, column_type type) {
  switch (type) {
    case column_type::dynamic:
      to.append_text("a row that is no record");
      return;
    case column_type::boolean:
      to.append_boolean(true);
      return;
    case column_type::int64:
      to.append_int64(-77'777);
      return;
    case column_type::float64:
      to.append_float64(-77'777);
      return;
    case column_type::timestamp:
      to.append_int64(-1, value_kind::timestamp);
      return;
    case column_type::duration:
      to.append_int64(-1, value_kind::duration);
      return;
    case column_type::string:
      to.append_text("a row that is no record");
      return;
    case column_type::bytes:
      to.append_text("a row that is no record", value_kind::bytes);
      return;
    case column_type::json:
      to.append_text("[\"no record\"]", value_kind::json);
      return;
  }
}

// The columns in order of first appearance.
std::vector<field> fields_of(const record_list& list, const std::vector<field>& declared) {
  std::vector<field> fields = declared;
  for (const auto& record : list)
    for (const auto& [name, value] : record.entries) {
      const auto known = std::find_if(fields.begin(), fields.end(),
                                      [&](const field& f) { return f.name == name; });
      if (known == fields.end()) fields.push_back({name, column_type::dynamic});
    }
  return fields;
}

}  // namespace

const record_value& record_value::operator[](const std::string& key) const {
  static const record_value absent;
  const auto found = entries.find(key);
  return found == entries.end() ? absent : found->second;
}

bool record_value::operator==(const record_value& other) const {
  if (what != other.what) return false;
  switch (what) {
    case kind::null:
      return true;
    case kind::boolean:
      return boolean == other.boolean;
    case kind::string:
      return text == other.text;
    case kind::list:
      return items == other.items;
    case kind::map:
      return entries == other.entries;
    case kind::number:
      break;
  }
  const auto a = parse_int64(text);
  const auto b = parse_int64(other.text);
  if (a && b) return *a == *b;
  return text == other.text || parse_float64(text) == parse_float64(other.text);
}

std::string to_text(const record_value& value) {
  std::string out;
  const char* between = "";
  switch (value.what) {
    case record_value::kind::null:
      return "null";
    case record_value::kind::boolean:
      return value.boolean ? "true" : "false";
    case record_value::kind::number:
      return value.text;
    case record_value::kind::string:
      append_json_string(out, value.text);
      return out;
    case record_value::kind::list:
      for (const auto& item : value.items) {
        out += between + to_text(item);
        between = ",";
      }
      return "[" + out + "]";
    case record_value::kind::map:
      for (const auto& [key, inner] : value.entries) {
        out += between;
        append_json_string(out, key);
        out += ":" + to_text(inner);
        between = ",";
      }
      return "{" + out + "}";
  }
  return out;
}

std::string to_text(const record_list& list) {
  std::string out = "[";
  for (const auto& record : list) out += "\n  " + to_text(record);
  return out + "]";
}

std::ostream& operator<<(std::ostream& out, const record_value& value) {
  return out << to_text(value);
}
std::ostream& operator<<(std::ostream& out, const record_list& list) {
  return out << to_text(list);
}

record_list records(std::string_view text) {
  const record_value all = value_of(read_flow(text));
  if (all.what != record_value::kind::list)
    throw std::invalid_argument("not a list of records: " + std::string(text));
  return all.items;
}

namespace {

record_value value_of(const value_view& from) {
  record_value value;
  std::string text;
  append_json(text, from);
  switch (from.kind) {
    case value_kind::null:
      return value;
    case value_kind::json:
      return value_of(read_flow(text));
    case value_kind::boolean:
      value.what = record_value::kind::boolean;
      value.boolean = from.boolean;
      return value;
    case value_kind::int64:
    case value_kind::float64:
      value.what = text.starts_with('"') ? record_value::kind::string : record_value::kind::number;
      break;
    case value_kind::timestamp:
    case value_kind::duration:
    case value_kind::bytes:
      value.what = record_value::kind::string;
      break;
    case value_kind::string:
      value.what = record_value::kind::string;
      value.text = from.text;
      return value;
  }
  std::erase(text, '"');
  value.text = std::move(text);
  return value;
}

}  // namespace

record_list records_of(const chunk& from) {
  record_list list;
  from.each_row([&](std::uint32_t row) {
    record_value record;
    record.what = record_value::kind::map;
    for (std::size_t i = 0; i < from.columns().size(); ++i) {
      const value_view value = from.columns()[i]->at(row);
      if (value.kind == value_kind::null) continue;
      record.entries.emplace(from.schema()[i].name, value_of(value));
    }
    list.push_back(std::move(record));
  });
  return list;
}

chunk_ptr chunk_of(const record_list& list, const std::vector<field>& declared, layout form,
                   std::uint64_t first_line) {
  const auto fields = fields_of(list, declared);
  const bool beside = form != layout::dense;
  const std::size_t rows = list.size() * (beside ? 2 : 1);
  std::vector<column_builder> columns(fields.size());
  column_builder raw(rows);
  std::vector<places::position> lines;
  std::vector<std::uint32_t> selected;
  const auto add = [&](const record_value& record) {
    for (std::size_t i = 0; i < fields.size(); ++i)
      append_value(columns[i], record[fields[i].name], fields[i].type);
    raw.append_text(to_text(record));
  };
  for (std::size_t i = 0; i < list.size(); ++i) {
    const auto line = static_cast<std::uint32_t>(i);
    if (form == layout::copies) add(list[list.size() - 1 - i]);
    if (form == layout::strangers) {
      for (std::size_t c = 0; c < fields.size(); ++c) append_stranger(columns[c], fields[c].type);
      raw.append_text("a row that is no record");
    }
    if (beside) lines.push_back({line, line});
    selected.push_back(static_cast<std::uint32_t>(lines.size()));
    add(list[i]);
    lines.push_back({line, line});
  }
  chunk::parts parts{.columns_schema = std::make_shared<const schema>(fields)};
  parts.rows = static_cast<std::uint32_t>(rows);
  for (auto& c : columns) parts.columns.push_back(c.finish());
  if (beside)
    parts.selection = std::make_shared<const std::vector<std::uint32_t>>(std::move(selected));
  parts.raw = std::make_shared<const raw_records>(raw_records{"ndjson", "", raw.finish()});
  static const auto input = std::make_shared<const input_name>(input_name{"test"});
  parts.record_places = std::make_shared<const places>(
      places::run{0, input, first_line - 1, first_line}, std::move(lines));
  return make_chunk(std::move(parts));
}

}  // namespace weir::testing
