#include "runtime/expression/functions.hpp"

namespace weir {
namespace {

using enum value_kind;
using id = function_id;

constexpr kind_set any = {boolean, int64, float64, timestamp, duration, string, bytes, json};
constexpr kind_set text = {string};
constexpr kind_set whole = {int64};
constexpr kind_set number = {int64, float64};
constexpr kind_set nested = {json};
constexpr kind_set civil = {timestamp};
constexpr kind_set clock_time = {timestamp, duration};
constexpr auto function = call_style::function;
constexpr auto method = call_style::method;
constexpr auto either = call_style::either;

struct arity {
  constexpr arity(std::uint8_t count) : least(count), most(count) {}
  constexpr arity(std::uint8_t from, std::uint8_t to) : least(from), most(to) {}
  std::uint8_t least, most;
};
using kinds = std::array<kind_set, 4>;

struct outcome {
  constexpr outcome(value_kind kind) : rule(result_rule::fixed), result(kind) {}
  constexpr outcome(result_rule how) : rule(how), result(null) {}
  result_rule rule;
  value_kind result;
};

// The rows of one family. The words of a row stand in the order of the manual.
struct of_family {
  function_family family;

  constexpr function_entry operator()(id is, std::string_view name, call_style style, arity count,
                                      kinds takes, outcome gives, std::string_view signature,
                                      std::string_view example, std::string_view summary) const {
    return {is,    family,     name,         style,     count.least, count.most,
            takes, gives.rule, gives.result, signature, example,     summary};
  }
};

constexpr of_family presence{function_family::presence};
constexpr of_family test{function_family::text};
constexpr of_family edit{function_family::edit};
constexpr of_family list{function_family::list};
constexpr of_family convert{function_family::conversion};
constexpr of_family time{function_family::time};
constexpr of_family math{function_family::math};

constexpr auto many = function_entry::any_number;
constexpr auto as_arguments = result_rule::as_arguments;
constexpr auto open = result_rule::open;

constexpr function_entry table[] = {
    presence(id::has, "has", function, 1, {any}, boolean, "has(column) -> bool", "has(user.id)",
             "Whether the value is there and not null."),

    test(id::size, "size", either, 1, {kind_set{string, bytes, json}}, int64,
         "size(string | bytes | list | map) -> int", "size(name)",
         "The number of characters (Unicode code points), bytes, items or keys."),
    test(id::contains, "contains", method, 2, {text, text}, boolean,
         "string.contains(string) -> bool", "path.contains('/api/')",
         "Whether the text has the other in it."),
    test(id::starts_with, "startsWith", method, 2, {text, text}, boolean,
         "string.startsWith(string) -> bool", "path.startsWith('/api/')",
         "Whether the text begins with the other."),
    test(id::ends_with, "endsWith", method, 2, {text, text}, boolean,
         "string.endsWith(string) -> bool", "path.endsWith('.png')",
         "Whether the text ends with the other."),
    test(id::matches, "matches", either, 2, {text, text}, boolean,
         "string.matches(pattern) -> bool", "path.matches('^/v[0-9]+/')",
         "Whether the regular expression (RE2's syntax) matches anywhere in the text."),
    test(id::lower_ascii, "lowerAscii", method, 1, {text}, string, "string.lowerAscii() -> string",
         "method.lowerAscii()", "The text with A to Z in lower case."),
    test(id::upper_ascii, "upperAscii", method, 1, {text}, string, "string.upperAscii() -> string",
         "method.upperAscii()", "The text with a to z in upper case."),
    test(id::trim, "trim", method, 1, {text}, string, "string.trim() -> string", "message.trim()",
         "The text without white space at both ends."),

    edit(id::char_at, "charAt", method, 2, {text, whole}, string, "string.charAt(int) -> string",
         "code.charAt(0)", "The character at a position, counted from 0; behind the last, ''."),
    edit(id::index_of, "indexOf", method, {2, 3}, {text, text, whole}, int64,
         "string.indexOf(string [, from]) -> int", "path.indexOf('/', 1)",
         "The position of the first character of the other text, -1 if it does not occur."),
    edit(id::last_index_of, "lastIndexOf", method, {2, 3}, {text, text, whole}, int64,
         "string.lastIndexOf(string [, from]) -> int", "path.lastIndexOf('/')",
         "The same for its last occurrence, or the last that begins at 'from' or before."),
    edit(id::substring, "substring", method, {2, 3}, {text, whole, whole}, string,
         "string.substring(from [, to]) -> string", "path.substring(1, 4)",
         "The characters from one position to before another, or to the end."),
    edit(id::replace, "replace", method, {3, 4}, {text, text, text, whole}, string,
         "string.replace(old, new [, times]) -> string", "path.replace('/', '.')",
         "The text with the new one in the place of each old one, or of the first few."),
    edit(id::reverse, "reverse", method, 1, {text}, string, "string.reverse() -> string",
         "name.reverse()", "The characters from the last to the first."),
    edit(id::split, "split", method, {2, 3}, {text, text, whole}, json,
         "string.split(separator [, parts]) -> list", "path.split('/')",
         "The texts between the separators, at most so many; '' parts the characters."),
    edit(id::join, "join", method, {1, 2}, {nested, text}, string,
         "list.join([separator]) -> string", "tags.join(', ')",
         "The texts of a list behind each other, with the separator between them."),
    edit(id::quote, "strings.quote", function, 1, {text}, string, "strings.quote(string) -> string",
         "strings.quote(message)", "The text as a literal in double quotes, with escapes."),
    edit(id::format, "format", method, 2, {text, nested}, string, "string.format(list) -> string",
         "'%s took %.1f s'.format([path, seconds])",
         "The text with each clause filled in by an item of the list: %s any value, %d an int, %f "
         "%e a number, %b %o %x %X an int in base 2, 8, 16; %x also a text's bytes; %% is %."),

    list(id::range, "lists.range", function, 1, {whole}, json, "lists.range(int) -> list",
         "lists.range(3)", "The numbers from 0 to before another, at most 10,000: [0, 1, 2]."),
    list(id::slice, "slice", method, 3, {nested, whole, whole}, json,
         "list.slice(from, to) -> list", "tags.slice(0, 2)",
         "The items from one position to before another."),
    list(id::sort, "sort", method, 1, {nested}, json, "list.sort() -> list", "tags.sort()",
         "The items from the least to the greatest: numbers, texts or booleans."),

    convert(id::to_int, "int", function, 1, {kind_set{int64, float64, string, boolean, timestamp}},
            int64, "int(int | double | string | bool | timestamp) -> int", "int(duration_ms)",
            "The whole number: doubles are cut, true is 1, a timestamp is in seconds since 1970."),
    convert(id::to_uint, "uint", function, 1, {kind_set{int64, float64, string}}, int64,
            "uint(int | double | string) -> int", "uint(bytes_sent)",
            "The same for what is not negative: there are no unsigned numbers of their own."),
    convert(id::to_double, "double", function, 1, {kind_set{int64, float64, string}}, float64,
            "double(int | double | string) -> double", "double(text)", "The nearest double."),
    convert(id::to_string, "string", function, 1, {any}, string, "string(any) -> string",
            "string(status)",
            "The value as text: timestamps by RFC 3339, durations in seconds, lists and maps as "
            "JSON."),
    convert(id::to_bytes, "bytes", function, 1, {kind_set{string, bytes}}, bytes,
            "bytes(string | bytes) -> bytes", "bytes(name)", "The bytes of the text in UTF-8."),
    convert(id::to_bool, "bool", function, 1, {kind_set{boolean, string}}, boolean,
            "bool(bool | string) -> bool", "bool(flag)",
            "'true' and 't' and '1' are true, 'false' and 'f' and '0' not."),
    convert(id::to_timestamp, "timestamp", function, 1, {kind_set{timestamp, string, int64}},
            timestamp, "timestamp(timestamp | string | int) -> timestamp", "timestamp(time)",
            "The point in time of an RFC 3339 text or of seconds since 1970."),
    convert(id::to_duration, "duration", function, 1, {kind_set{duration, string}}, duration,
            "duration(duration | string) -> duration", "duration('1h30m')",
            "The duration of a text as in '250ms' or '1h30m'."),
    convert(id::to_dyn, "dyn", function, 1, {any}, open, "dyn(any) -> any", "dyn(status)",
            "The value itself, but of a type that 'weir check' does not know."),
    convert(
        id::type, "type", function, 1, {any}, string, "type(any) -> string", "type(status) == int",
        "The name of the value's type: 'null_type', 'bool', 'int', 'double', 'string', 'bytes', "
        "'list', 'map', 'timestamp' or 'duration'; beside '==' it needs no quotes."),

    time(id::full_year, "getFullYear", method, {1, 2}, {civil, text}, int64,
         "timestamp.getFullYear([zone]) -> int", "timestamp(time).getFullYear()",
         "The year, in UTC or the zone."),
    time(id::month, "getMonth", method, {1, 2}, {civil, text}, int64,
         "timestamp.getMonth([zone]) -> int", "timestamp(time).getMonth()", "The month, from 0."),
    time(id::date, "getDate", method, {1, 2}, {civil, text}, int64,
         "timestamp.getDate([zone]) -> int", "timestamp(time).getDate()",
         "The day of the month, from 1."),
    time(id::day_of_month, "getDayOfMonth", method, {1, 2}, {civil, text}, int64,
         "timestamp.getDayOfMonth([zone]) -> int", "timestamp(time).getDayOfMonth()",
         "The day of the month, from 0."),
    time(id::day_of_week, "getDayOfWeek", method, {1, 2}, {civil, text}, int64,
         "timestamp.getDayOfWeek([zone]) -> int", "timestamp(time).getDayOfWeek()",
         "The day of the week, 0 is Sunday."),
    time(id::day_of_year, "getDayOfYear", method, {1, 2}, {civil, text}, int64,
         "timestamp.getDayOfYear([zone]) -> int", "timestamp(time).getDayOfYear()",
         "The day of the year, from 0."),
    time(id::hours, "getHours", method, {1, 2}, {clock_time, text}, int64,
         "(timestamp | duration).getHours([zone]) -> int",
         "timestamp(time).getHours('Europe/Vienna')",
         "The hour of the day; of a duration all its hours."),
    time(id::minutes, "getMinutes", method, {1, 2}, {clock_time, text}, int64,
         "(timestamp | duration).getMinutes([zone]) -> int", "timestamp(time).getMinutes()",
         "The minute of the hour; of a duration all its minutes."),
    time(id::seconds, "getSeconds", method, {1, 2}, {clock_time, text}, int64,
         "(timestamp | duration).getSeconds([zone]) -> int", "timestamp(time).getSeconds()",
         "The second of the minute; of a duration all its seconds."),
    time(id::milliseconds, "getMilliseconds", method, {1, 2}, {clock_time, text}, int64,
         "(timestamp | duration).getMilliseconds([zone]) -> int",
         "timestamp(time).getMilliseconds()", "The millisecond of the second, 0 to 999."),

    math(id::greatest, "math.greatest", function, {1, many}, {kind_set{int64, float64, json}},
         as_arguments, "math.greatest(number, ...) -> number", "math.greatest(duration_ms, 1)",
         "The greatest of the numbers, or of those in a list."),
    math(id::least, "math.least", function, {1, many}, {kind_set{int64, float64, json}},
         as_arguments, "math.least(number, ...) -> number", "math.least(duration_ms, 1000)",
         "The least of the numbers, or of those in a list."),
    math(id::abs, "math.abs", function, 1, {number}, as_arguments, "math.abs(number) -> number",
         "math.abs(change)", "The number without its sign."),
    math(id::sign, "math.sign", function, 1, {number}, as_arguments, "math.sign(number) -> number",
         "math.sign(change)", "-1, 0 or 1, as int or double like the number."),
    math(id::ceil, "math.ceil", function, 1, {number}, float64, "math.ceil(number) -> double",
         "math.ceil(seconds)", "The nearest whole number that is not less."),
    math(id::floor, "math.floor", function, 1, {number}, float64, "math.floor(number) -> double",
         "math.floor(seconds)", "The nearest whole number that is not greater."),
    math(id::round, "math.round", function, 1, {number}, float64, "math.round(number) -> double",
         "math.round(seconds)", "The nearest whole number; halves go away from zero."),
    math(id::trunc, "math.trunc", function, 1, {number}, float64, "math.trunc(number) -> double",
         "math.trunc(seconds)", "The number without its decimals."),
    math(id::sqrt, "math.sqrt", function, 1, {number}, float64, "math.sqrt(number) -> double",
         "math.sqrt(x * x + y * y)", "The square root; NaN of what is negative."),
    math(id::is_nan, "math.isNaN", function, 1, {number}, boolean, "math.isNaN(number) -> bool",
         "math.isNaN(ratio)", "Whether it is not a number, as 0.0 / 0.0."),
    math(id::is_inf, "math.isInf", function, 1, {number}, boolean, "math.isInf(number) -> bool",
         "math.isInf(ratio)", "Whether it is infinite, as 1.0 / 0.0."),
    math(id::is_finite, "math.isFinite", function, 1, {number}, boolean,
         "math.isFinite(number) -> bool", "math.isFinite(ratio)", "Whether it is neither."),
    math(id::bit_and, "math.bitAnd", function, 2, {whole, whole}, int64,
         "math.bitAnd(int, int) -> int", "math.bitAnd(flags, 4)", "The bits that both have."),
    math(id::bit_or, "math.bitOr", function, 2, {whole, whole}, int64,
         "math.bitOr(int, int) -> int", "math.bitOr(flags, 4)", "The bits that one of them has."),
    math(id::bit_xor, "math.bitXor", function, 2, {whole, whole}, int64,
         "math.bitXor(int, int) -> int", "math.bitXor(flags, 4)",
         "The bits that only one of them has."),
    math(id::bit_not, "math.bitNot", function, 1, {whole}, int64, "math.bitNot(int) -> int",
         "math.bitNot(flags)", "The bits that it does not have."),
    math(id::bit_shift_left, "math.bitShiftLeft", function, 2, {whole, whole}, int64,
         "math.bitShiftLeft(int, bits) -> int", "math.bitShiftLeft(1, level)",
         "The bits moved up, zeros behind them; 0 from 64 bits on."),
    math(id::bit_shift_right, "math.bitShiftRight", function, 2, {whole, whole}, int64,
         "math.bitShiftRight(int, bits) -> int", "math.bitShiftRight(flags, 2)",
         "The bits moved down, zeros before them; 0 from 64 bits on."),
};

}  // namespace

std::span<const function_entry> functions() { return table; }

}  // namespace weir
