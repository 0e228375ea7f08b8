#include <fmt/format.h>

#include <cmath>

#include "runtime/base/duration.hpp"
#include "runtime/base/number.hpp"
#include "runtime/base/text.hpp"
#include "runtime/data/time_text.hpp"
#include "runtime/expression/apply.hpp"

namespace weir {
namespace {

using enum value_kind;

constexpr std::int64_t second = 1'000'000'000;

void refuse(series_writer& out, std::uint32_t row, std::string_view text, std::string_view wanted) {
  out.fail(row, "conversion", fmt::format("{} is not {}", quoted(text), wanted));
}

void to_int(series_writer& out, std::uint32_t row, const value_view& v) {
  switch (v.kind) {
    case boolean:
      return out.int64(row, v.boolean ? 1 : 0);
    case float64:
      if (!(std::abs(v.float64) < 0x1p63))
        return out.fail(row, "conversion", "the double does not fit in an int");
      return out.int64(row, static_cast<std::int64_t>(v.float64));
    case timestamp: {
      const std::int64_t whole = v.int64 / second;
      return out.int64(row, v.int64 % second < 0 ? whole - 1 : whole);
    }
    case string: {
      const auto number = parse_int64(v.text);
      if (number) return out.int64(row, *number);
      return refuse(out, row, v.text, "an int");
    }
    default:
      return out.int64(row, v.int64);
  }
}

void to_double(series_writer& out, std::uint32_t row, const value_view& v) {
  if (v.kind == float64) return out.value(row, v);
  if (v.kind == int64) return out.float64(row, static_cast<double>(v.int64));
  const auto number = parse_float64(v.text);
  if (number) return out.float64(row, *number);
  refuse(out, row, v.text, "a double");
}

// As CEL writes it: without a point where it is whole.
std::string double_text(double number) {
  if (std::isnan(number)) return "NaN";
  if (std::isinf(number)) return number < 0 ? "-Infinity" : "Infinity";
  std::string text;
  append_number(text, number);
  if (text.ends_with(".0")) text.resize(text.size() - 2);
  return text;
}

void to_string(series_writer& out, std::uint32_t row, const value_view& v) {
  switch (v.kind) {
    case boolean:
      return out.text(row, v.boolean ? "true" : "false");
    case int64:
      return out.text(row, fmt::format("{}", v.int64));
    // A number that nobody computed keeps the text it came with, here too.
    case float64:
      return out.text(row, v.text.empty() ? double_text(v.float64) : v.text);
    case timestamp:
      return out.text(row, timestamp_text(v.int64));
    case duration:
      return out.text(row, duration_text(v.int64));
    case bytes:
      if (!is_utf8(v.text)) return refuse(out, row, v.text, "UTF-8");
      return out.text(row, v.text);
    default:
      return out.text(row, v.text);
  }
}

void to_bool(series_writer& out, std::uint32_t row, const value_view& v) {
  if (v.kind == boolean) return out.boolean(row, v.boolean);
  for (const char* yes : {"true", "True", "TRUE", "t", "1"})
    if (v.text == yes) return out.boolean(row, true);
  for (const char* no : {"false", "False", "FALSE", "f", "0"})
    if (v.text == no) return out.boolean(row, false);
  refuse(out, row, v.text, "a bool; write 'true' or 'false'");
}

void to_timestamp(series_writer& out, std::uint32_t row, const value_view& v) {
  if (v.kind == timestamp) return out.int64(row, v.int64, timestamp);
  if (v.kind == int64) {
    std::int64_t nanoseconds = 0;
    if (__builtin_mul_overflow(v.int64, second, &nanoseconds))
      return out.fail(row, "overflow",
                      fmt::format("{} seconds lie outside of the years 1677 to 2262", v.int64));
    return out.int64(row, nanoseconds, timestamp);
  }
  const auto read = parse_timestamp(v.text);
  if (read) return out.int64(row, *read, timestamp);
  out.fail(row, "conversion", read.error().text);
}

void to_duration(series_writer& out, std::uint32_t row, const value_view& v) {
  if (v.kind == duration) return out.int64(row, v.int64, duration);
  const auto read = parse_duration(v.text);
  if (read) return out.int64(row, read->count(), duration);
  out.fail(row, "conversion", read.error().text);
}

series widened(const series& a, operands of, const row_set& rows) {
  series out;
  auto* values = make_values<double>(out, storage_kind::float64, rows);
  map_rows<std::int64_t>(a, rows, values, [](std::int64_t x) { return static_cast<double>(x); });
  join_states(out, of, rows);
  return out;
}

series counted(const series& a, operands of, const row_set& rows) {
  series out;
  auto* values = make_values<std::int64_t>(out, storage_kind::int64, rows);
  map_rows<std::uint8_t>(a, rows, values, [](std::uint8_t x) { return std::int64_t{x}; });
  join_states(out, of, rows);
  return out;
}

using convert = void (*)(series_writer&, std::uint32_t, const value_view&);

convert converter(function_id id) {
  switch (id) {
    case function_id::to_int:
      return to_int;
    case function_id::to_double:
      return to_double;
    case function_id::to_string:
      return to_string;
    case function_id::to_bool:
      return to_bool;
    case function_id::to_timestamp:
      return to_timestamp;
    default:
      return to_duration;
  }
}

}  // namespace

apply conversion(const function_entry& entry) {
  return [&entry, run = converter(entry.id)](operands of, const row_set& rows) {
    const series& a = *of[0];
    if (a.storage == storage_of(entry.result)) return a;
    if (a.storage == storage_kind::int64 && entry.id == function_id::to_double)
      return widened(a, of, rows);
    if (a.storage == storage_kind::boolean && entry.id == function_id::to_int)
      return counted(a, of, rows);
    return each_call(
        entry, of, rows,
        [&](series_writer& out, std::uint32_t row, const value_view* v) { run(out, row, *v); });
  };
}

}  // namespace weir
