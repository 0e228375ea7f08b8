#include "runtime/expression/functions.hpp"

#include <fmt/format.h>

#include <cctype>
#include <vector>

#include "runtime/base/text.hpp"

namespace weir {
namespace {

using enum value_kind;

constexpr kind_set any = {boolean, int64, float64, timestamp, duration, string, bytes, json};
constexpr kind_set text = {string};
constexpr kind_set civil = {timestamp};
constexpr kind_set clock_time = {timestamp, duration};
constexpr auto function = call_style::function;
constexpr auto method = call_style::method;

constexpr function_entry table[] = {
    {function_id::has,
     "has",
     function,
     1,
     1,
     {any},
     boolean,
     "has(column) -> bool",
     "Whether the value is there and not null."},
    {function_id::size,
     "size",
     call_style::either,
     1,
     1,
     {kind_set{string, bytes, json}},
     int64,
     "size(string | bytes | list | map) -> int",
     "The number of characters (Unicode code points), bytes, items or keys."},
    {function_id::contains,
     "contains",
     method,
     2,
     2,
     {text, text},
     boolean,
     "string.contains(string) -> bool",
     "Whether the text has the other in it."},
    {function_id::starts_with,
     "startsWith",
     method,
     2,
     2,
     {text, text},
     boolean,
     "string.startsWith(string) -> bool",
     "Whether the text begins with the other."},
    {function_id::ends_with,
     "endsWith",
     method,
     2,
     2,
     {text, text},
     boolean,
     "string.endsWith(string) -> bool",
     "Whether the text ends with the other."},
    {function_id::matches,
     "matches",
     call_style::either,
     2,
     2,
     {text, text},
     boolean,
     "string.matches(pattern) -> bool",
     "Whether the regular expression (RE2's syntax) matches anywhere in the text."},
    {function_id::lower_ascii,
     "lowerAscii",
     method,
     1,
     1,
     {text},
     string,
     "string.lowerAscii() -> string",
     "The text with A to Z in lower case."},
    {function_id::upper_ascii,
     "upperAscii",
     method,
     1,
     1,
     {text},
     string,
     "string.upperAscii() -> string",
     "The text with a to z in upper case."},
    {function_id::trim,
     "trim",
     method,
     1,
     1,
     {text},
     string,
     "string.trim() -> string",
     "The text without white space at both ends."},
    {function_id::to_int,
     "int",
     function,
     1,
     1,
     {kind_set{int64, float64, string, boolean, timestamp}},
     int64,
     "int(int | double | string | bool | timestamp) -> int",
     "The whole number: doubles are cut, true is 1, a timestamp is in seconds since 1970."},
    {function_id::to_double,
     "double",
     function,
     1,
     1,
     {kind_set{int64, float64, string}},
     float64,
     "double(int | double | string) -> double",
     "The nearest double."},
    {function_id::to_string,
     "string",
     function,
     1,
     1,
     {any},
     string,
     "string(any) -> string",
     "The value as text: timestamps by RFC 3339, durations in seconds, lists and maps as JSON."},
    {function_id::to_bool,
     "bool",
     function,
     1,
     1,
     {kind_set{boolean, string}},
     boolean,
     "bool(bool | string) -> bool",
     "'true' and 't' and '1' are true, 'false' and 'f' and '0' not."},
    {function_id::to_timestamp,
     "timestamp",
     function,
     1,
     1,
     {kind_set{timestamp, string, int64}},
     timestamp,
     "timestamp(timestamp | string | int) -> timestamp",
     "The point in time of an RFC 3339 text or of seconds since 1970."},
    {function_id::to_duration,
     "duration",
     function,
     1,
     1,
     {kind_set{duration, string}},
     duration,
     "duration(duration | string) -> duration",
     "The duration of a text as in '250ms' or '1h30m'."},
    {function_id::full_year,
     "getFullYear",
     method,
     1,
     2,
     {civil, text},
     int64,
     "timestamp.getFullYear([zone]) -> int",
     "The year, in UTC or the zone."},
    {function_id::month,
     "getMonth",
     method,
     1,
     2,
     {civil, text},
     int64,
     "timestamp.getMonth([zone]) -> int",
     "The month, from 0."},
    {function_id::date,
     "getDate",
     method,
     1,
     2,
     {civil, text},
     int64,
     "timestamp.getDate([zone]) -> int",
     "The day of the month, from 1."},
    {function_id::day_of_month,
     "getDayOfMonth",
     method,
     1,
     2,
     {civil, text},
     int64,
     "timestamp.getDayOfMonth([zone]) -> int",
     "The day of the month, from 0."},
    {function_id::day_of_week,
     "getDayOfWeek",
     method,
     1,
     2,
     {civil, text},
     int64,
     "timestamp.getDayOfWeek([zone]) -> int",
     "The day of the week, 0 is Sunday."},
    {function_id::day_of_year,
     "getDayOfYear",
     method,
     1,
     2,
     {civil, text},
     int64,
     "timestamp.getDayOfYear([zone]) -> int",
     "The day of the year, from 0."},
    {function_id::hours,
     "getHours",
     method,
     1,
     2,
     {clock_time, text},
     int64,
     "(timestamp | duration).getHours([zone]) -> int",
     "The hour of the day; of a duration all its hours."},
    {function_id::minutes,
     "getMinutes",
     method,
     1,
     2,
     {clock_time, text},
     int64,
     "(timestamp | duration).getMinutes([zone]) -> int",
     "The minute of the hour; of a duration all its minutes."},
    {function_id::seconds,
     "getSeconds",
     method,
     1,
     2,
     {clock_time, text},
     int64,
     "(timestamp | duration).getSeconds([zone]) -> int",
     "The second of the minute; of a duration all its seconds."},
    {function_id::milliseconds,
     "getMilliseconds",
     method,
     1,
     2,
     {clock_time, text},
     int64,
     "(timestamp | duration).getMilliseconds([zone]) -> int",
     "The millisecond of the second, 0 to 999."},
};

struct synonym {
  std::string_view name;  // in lower case, without underscores
  std::string_view meant;
};

constexpr synonym synonyms[] = {
    {"length", "size"},
    {"len", "size"},
    {"lenght", "size"},
    {"strlen", "size"},
    {"lower", "lowerAscii"},
    {"tolower", "lowerAscii"},
    {"lowercase", "lowerAscii"},
    {"tolowercase", "lowerAscii"},
    {"upper", "upperAscii"},
    {"toupper", "upperAscii"},
    {"uppercase", "upperAscii"},
    {"touppercase", "upperAscii"},
    {"includes", "contains"},
    {"has", "contains"},
    {"startswith", "startsWith"},
    {"beginswith", "startsWith"},
    {"hasprefix", "startsWith"},
    {"endswith", "endsWith"},
    {"hassuffix", "endsWith"},
    {"match", "matches"},
    {"regex", "matches"},
    {"like", "matches"},
    {"test", "matches"},
    {"strip", "trim"},
    {"integer", "int"},
    {"toint", "int"},
    {"parseint", "int"},
    {"long", "int"},
    {"uint", "int"},
    {"float", "double"},
    {"number", "double"},
    {"tonumber", "double"},
    {"todouble", "double"},
    {"str", "string"},
    {"tostring", "string"},
    {"text", "string"},
    {"boolean", "bool"},
    {"tobool", "bool"},
    {"datetime", "timestamp"},
    {"totimestamp", "timestamp"},
    {"time", "timestamp"},
    {"interval", "duration"},
    {"exists", "has"},
    {"isset", "has"},
    {"defined", "has"},
    {"year", "getFullYear"},
    {"getyear", "getFullYear"},
    {"month", "getMonth"},
    {"date", "getDate"},
    {"day", "getDate"},
    {"weekday", "getDayOfWeek"},
    {"hour", "getHours"},
    {"hours", "getHours"},
    {"minute", "getMinutes"},
    {"minutes", "getMinutes"},
    {"second", "getSeconds"},
    {"seconds", "getSeconds"},
    {"millis", "getMilliseconds"},
    {"milliseconds", "getMilliseconds"},
};

}  // namespace

std::string to_text(kind_set kinds) {
  std::vector<std::string_view> names;
  for (int k = 0; k <= static_cast<int>(json); ++k)
    if (kinds.has(static_cast<value_kind>(k))) names.push_back(name_of(static_cast<value_kind>(k)));
  std::string out;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) out += i + 1 == names.size() ? " or " : ", ";
    out += names[i];
  }
  return out;
}

std::span<const function_entry> functions() { return table; }

const function_entry* find_function(std::string_view name) {
  for (const auto& entry : table)
    if (entry.name == name) return &entry;
  return nullptr;
}

std::string argument_mismatch(const function_entry& entry, std::size_t argument, value_kind found) {
  return fmt::format("'{}' does not take {}; it takes {}", entry.name, name_of(found),
                     to_text(entry.takes[argument]));
}

std::optional<std::string_view> function_meant(std::string_view name) {
  std::string plain;
  for (const char c : name)
    if (c != '_') plain += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  for (const auto& entry : synonyms)
    if (entry.name == plain) return entry.meant;
  std::vector<std::string> names;
  for (const auto& entry : table) names.emplace_back(entry.name);
  const auto near = nearest(name, names);
  if (!near) return std::nullopt;
  return find_function(*near)->name;
}

}  // namespace weir
