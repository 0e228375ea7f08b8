#include "actors/codecs/convert.hpp"

#include <fmt/format.h>

#include "actors/codecs/json_index.hpp"
#include "runtime/base/base64.hpp"
#include "runtime/base/duration.hpp"
#include "runtime/base/number.hpp"
#include "runtime/base/text.hpp"
#include "runtime/data/json_text.hpp"
#include "runtime/data/time_text.hpp"

namespace weir::codecs {
namespace {

using maybe = std::optional<converted_value>;

template <class Number>
maybe whole(const Number& number, value_kind kind) {
  if (!number) return std::nullopt;
  return converted_value{.kind = kind, .int64 = *number};
}

maybe as_boolean(std::string_view text) {
  const bool yes = text == "true" || text == "True" || text == "TRUE";
  const bool no = text == "false" || text == "False" || text == "FALSE";
  if (!yes && !no) return std::nullopt;
  return converted_value{.kind = value_kind::boolean, .int64 = yes ? 1 : 0};
}

maybe as_double(std::string_view text) {
  const auto number = parse_float64(text);
  if (!number) return std::nullopt;
  return converted_value{
      .kind = value_kind::float64, .float64 = *number, .keeps_text = is_json_number(text)};
}

maybe as_duration(std::string_view text) {
  const auto read = parse_duration(text);
  if (!read) return std::nullopt;
  return converted_value{.kind = value_kind::duration, .int64 = read->count()};
}

// A null that is written as JSON is none of its own: it is what a record without the column has.
maybe as_json(std::string_view text) {
  if (check_json(text)) return std::nullopt;
  const auto begin = text.find_first_not_of(" \t\r\n");
  const bool is_null = text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1) == "null";
  return converted_value{.kind = is_null ? value_kind::null : value_kind::json};
}

maybe text_if(bool fits, value_kind kind) {
  if (!fits) return std::nullopt;
  return converted_value{.kind = kind};
}

}  // namespace

maybe convert(std::string_view text, column_type type) {
  switch (type) {
    case column_type::boolean:
      return as_boolean(text);
    case column_type::int64:
      return whole(parse_int64(text), value_kind::int64);
    case column_type::float64:
      return as_double(text);
    case column_type::timestamp:
      return whole(parse_timestamp(text), value_kind::timestamp);
    case column_type::duration:
      return as_duration(text);
    case column_type::bytes:
      return text_if(parse_base64(text).has_value(), value_kind::bytes);
    case column_type::json:
      return as_json(text);
    case column_type::string:
    case column_type::dynamic:
      break;
  }
  return text_if(is_utf8_fast(text), value_kind::string);
}

void append_converted(column_builder& out, const converted_value& value, std::string_view text) {
  switch (value.kind) {
    case value_kind::null:
      out.append_null();
      break;
    case value_kind::boolean:
      out.append_boolean(value.int64 != 0);
      break;
    case value_kind::int64:
    case value_kind::timestamp:
    case value_kind::duration:
      out.append_int64(value.int64, value.kind);
      break;
    case value_kind::float64:
      if (value.keeps_text) {
        out.append_float64(value.float64, text);
      } else {
        out.append_float64(value.float64);
      }
      break;
    case value_kind::bytes:
      out.append_text(parse_base64(text).value_or(std::string()), value_kind::bytes);
      break;
    case value_kind::string:
    case value_kind::json:
      out.append_text(text, value.kind);
      break;
  }
}

std::string mismatch_reason(std::string_view column, std::string_view found, column_type type) {
  const char* allowed = type == column_type::timestamp
                            ? ", as '2026-03-01T12:00:00Z' is, or lies outside of 1677 to 2262"
                            : "";
  return fmt::format("column {} is declared as {}; {} is none{}", quoted(column), name_of(type),
                     quoted(found), allowed);
}

}  // namespace weir::codecs
