#include "runtime/config/option_type.hpp"

#include <cmath>

#include "runtime/base/number.hpp"

namespace weir {
namespace {

bool refuse(const config_value& from, std::string_view wanted, problems& found) {
  found.add("wrong-type", from.place.start,
            from.what == config_value::kind::null
                ? fmt::format("it has no value; {} is wanted", wanted)
                : fmt::format("{} is not {}", described(from), wanted));
  return false;
}

// Only a plain scalar has a type other than string.
bool is_plain(const config_value& from) {
  return from.is_scalar() && from.place.style == scalar_style::plain;
}

template <class Value>
bool take(const config_value& from, result<Value> read, Value& into, problems& found) {
  if (!read) {
    found.add("wrong-type", from.place.start, read.error().text);
    return false;
  }
  into = std::move(*read);
  return true;
}

void add_all(const config_value& from, const std::vector<expression_problem>& wrong,
             problems& found) {
  for (const auto& p : wrong) found.add(p.code, from.place.at(from.text, p.offset), p.text);
}

// Reads an option whose value is a text in a language of its own.
template <class Option, class Parse>
bool read_parsed(const config_value& from, Option& into, const char* wanted, problems& found,
                 Parse parse) {
  if (!from.is_scalar()) return refuse(from, wanted, found);
  auto parsed = parse(from.text);
  into.place = from.place;
  if (parsed) {
    into.value = std::move(*parsed);
    return true;
  }
  add_all(from, parsed.error(), found);
  return false;
}

}  // namespace

bool option_type<bool>::read(const config_value& from, bool& into, problems& found) {
  if (!is_plain(from) || (from.text != "true" && from.text != "false"))
    return refuse(from, "true or false", found);
  into = from.text == "true";
  return true;
}

bool option_type<std::string>::read(const config_value& from, std::string& into, problems& found) {
  if (!from.is_scalar()) return refuse(from, "a string", found);
  into = from.text;
  return true;
}

bool read_integer(const config_value& from, std::int64_t least, std::int64_t most,
                  std::int64_t& into, problems& found) {
  std::string digits = from.text;
  std::erase(digits, '_');
  const auto number = is_plain(from) ? parse_int64(digits) : std::nullopt;
  if (!number) return refuse(from, "a whole number", found);
  if (*number < least || *number > most) {
    found.add("out-of-bounds", from.place.start,
              fmt::format("{} is not between {} and {}", *number, least, most));
    return false;
  }
  into = *number;
  return true;
}

bool option_type<double>::read(const config_value& from, double& into, problems& found) {
  const auto number = is_plain(from) ? parse_float64(from.text) : std::nullopt;
  if (!number || !std::isfinite(*number)) return refuse(from, "a number", found);
  into = *number;
  return true;
}

bool option_type<byte_size>::read(const config_value& from, byte_size& into, problems& found) {
  if (!from.is_scalar()) return refuse(from, "a size, as in '64KiB'", found);
  return take(from, parse_byte_size(from.text), into, found);
}

bool option_type<std::chrono::nanoseconds>::read(const config_value& from,
                                                 std::chrono::nanoseconds& into, problems& found) {
  if (!from.is_scalar()) return refuse(from, "a duration, as in '250ms'", found);
  return take(from, parse_duration(from.text), into, found);
}

bool option_type<column_path>::read(const config_value& from, column_path& into, problems& found) {
  if (!from.is_scalar()) return refuse(from, "a column", found);
  return take(from, parse_column_path(from.text), into, found);
}

bool option_type<column_type>::read(const config_value& from, column_type& into, problems& found) {
  if (!from.is_scalar()) return refuse(from, "a type", found);
  const auto type = column_type_named(from.text);
  if (type && *type != column_type::dynamic) {
    into = *type;
    return true;
  }
  constexpr std::pair<std::string_view, std::string_view> others[] = {
      {"float", "double"}, {"number", "double"}, {"integer", "int"}, {"long", "int"},
      {"boolean", "bool"}, {"text", "string"},   {"str", "string"},  {"datetime", "timestamp"}};
  for (const auto& [other, meant] : others)
    if (from.text == other) {
      found.add("unknown-type", from.place.start,
                fmt::format("{} is not a type; did you mean '{}'?", quoted(from.text), meant));
      return false;
    }
  std::vector<std::string> names;
  for (auto t :
       {column_type::boolean, column_type::int64, column_type::float64, column_type::timestamp,
        column_type::duration, column_type::string, column_type::bytes, column_type::json})
    names.emplace_back(name_of(t));
  found.add("unknown-type", from.place.start,
            fmt::format("{} is not a type{}", quoted(from.text),
                        did_you_mean(from.text, names, "types")));
  return false;
}

bool option_type<expression_option>::read(const config_value& from, expression_option& into,
                                          problems& found) {
  return read_parsed(from, into, "an expression", found, expression::parse);
}

bool option_type<aggregate_option>::read(const config_value& from, aggregate_option& into,
                                         problems& found) {
  return read_parsed(from, into, "an aggregate, as in 'count()'", found,
                     aggregate_expression::parse);
}

bool refuse_not_a_map(const config_value& from, std::string_view of_what, problems& found) {
  return refuse(from, fmt::format("a map of names to {}s", of_what), found);
}

}  // namespace weir
