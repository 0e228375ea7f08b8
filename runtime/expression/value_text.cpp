#include "runtime/expression/value_text.hpp"

#include <fmt/format.h>

#include <cmath>

#include "runtime/base/number.hpp"
#include "runtime/data/time_text.hpp"

namespace weir {

std::string double_text(double number) {
  if (std::isnan(number)) return "NaN";
  if (std::isinf(number)) return number < 0 ? "-Infinity" : "Infinity";
  std::string text;
  append_number(text, number);
  if (text.ends_with(".0")) text.resize(text.size() - 2);
  return text;
}

std::string value_text(const value_view& value) {
  switch (value.kind) {
    case value_kind::null:
      return "null";
    case value_kind::boolean:
      return value.boolean ? "true" : "false";
    case value_kind::int64:
      return fmt::format("{}", value.int64);
    case value_kind::float64:
      return value.text.empty() ? double_text(value.float64) : std::string(value.text);
    case value_kind::timestamp:
      return timestamp_text(value.int64);
    case value_kind::duration:
      return duration_text(value.int64);
    default:
      return std::string(value.text);
  }
}

}  // namespace weir
