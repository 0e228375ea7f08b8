#include <fmt/format.h>

#include <cmath>

#include "runtime/base/duration.hpp"
#include "runtime/base/number.hpp"
#include "runtime/base/text.hpp"
#include "runtime/data/time_text.hpp"
#include "runtime/expression/apply.hpp"
#include "runtime/expression/value_text.hpp"

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

void to_string(series_writer& out, std::uint32_t row, const value_view& v) {
  if (v.kind == bytes && !is_utf8(v.text)) return refuse(out, row, v.text, "UTF-8");
  out.text(row, value_text(v));
}

void to_bytes(series_writer& out, std::uint32_t row, const value_view& v) {
  out.text(row, v.text, bytes);
}

// What an unsigned number can't be is refused; it is an int as any other.
void to_uint(series_writer& out, std::uint32_t row, const value_view& v) {
  const bool negative = v.kind == string  ? v.text.starts_with('-')
                        : v.kind == int64 ? v.int64 < 0
                                          : v.float64 <= -1;
  if (!negative) return to_int(out, row, v);
  out.fail(row, "conversion", fmt::format("{} is negative", quoted(value_text(v))));
}

// Lists are told from maps by their first character: what is read as JSON has no space before it.
std::string_view type_name(const value_view& v) {
  if (v.kind == null) return "null_type";
  if (v.kind != json) return name_of(v.kind);
  const auto first = v.text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && v.text[first] == '[' ? "list" : "map";
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
    case function_id::to_bytes:
      return to_bytes;
    case function_id::to_uint:
      return to_uint;
    case function_id::to_timestamp:
      return to_timestamp;
    default:
      return to_duration;
  }
}

}  // namespace

apply conversion(const function_entry& entry) {
  if (entry.id == function_id::to_dyn) return [](operands of, const row_set&) { return *of[0]; };
  if (entry.id == function_id::type)
    return [](operands of, const row_set& rows) {
      return each_row_with_nulls(of, rows,
                                 [](series_writer& out, std::uint32_t row, const value_view* v) {
                                   out.text(row, type_name(*v));
                                 });
    };
  return [&entry, run = converter(entry.id)](operands of, const row_set& rows) {
    const series& a = *of[0];
    if (a.storage == storage_of(entry.result) && entry.id != function_id::to_uint) return a;
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
