#include "runtime/expression/functions.hpp"

#include <fmt/format.h>

#include <cctype>
#include <vector>

#include "runtime/base/text.hpp"
#include "runtime/expression/macros.hpp"

namespace weir {
namespace {

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
    {"unsigned", "uint"},
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
    {"any", "exists"},
    {"some", "exists"},
    {"every", "all"},
    {"foreach", "map"},
    {"collect", "map"},
    {"existsone", "exists_one"},
    {"one", "exists_one"},
    {"substr", "substring"},
    {"range", "lists.range"},
    {"order", "sort"},
    {"sorted", "sort"},
    {"find", "indexOf"},
    {"position", "indexOf"},
    {"rfind", "lastIndexOf"},
    {"replaceall", "replace"},
    {"gsub", "replace"},
    {"concat", "join"},
    {"printf", "format"},
    {"sprintf", "format"},
    {"quote", "strings.quote"},
    {"typeof", "type"},
    {"tobytes", "bytes"},
    {"max", "math.greatest"},
    {"min", "math.least"},
    {"abs", "math.abs"},
    {"ceil", "math.ceil"},
    {"floor", "math.floor"},
    {"round", "math.round"},
    {"trunc", "math.trunc"},
    {"sqrt", "math.sqrt"},
    {"sign", "math.sign"},
    {"math.max", "math.greatest"},
    {"math.min", "math.least"},
    {"isnan", "math.isNaN"},
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
  for (int k = 0; k <= static_cast<int>(value_kind::json); ++k)
    if (kinds.has(static_cast<value_kind>(k))) names.push_back(name_of(static_cast<value_kind>(k)));
  std::string out;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) out += i + 1 == names.size() ? " or " : ", ";
    out += names[i];
  }
  return out;
}

const function_entry* find_function(std::string_view name) {
  for (const auto& entry : functions())
    if (entry.name == name) return &entry;
  return nullptr;
}

bool is_namespace(std::string_view name) {
  const auto lies_in = [&](const function_entry& entry) {
    return entry.name.starts_with(name) && entry.name.substr(name.size()).starts_with('.');
  };
  return std::any_of(functions().begin(), functions().end(), lies_in);
}

std::string argument_mismatch(const function_entry& entry, std::size_t argument, value_kind found) {
  return fmt::format("'{}' does not take {}; it takes {}", entry.name, name_of(found),
                     to_text(entry.takes_at(argument)));
}

std::optional<std::string_view> function_meant(std::string_view name) {
  std::string plain;
  for (const char c : name)
    if (c != '_') plain += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  for (const auto& entry : synonyms)
    if (entry.name == plain) return entry.meant;
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const auto& entry : functions()) all.emplace_back(entry.name);
    for (const auto& m : syntax::macros()) all.emplace_back(m.name);
    return all;
  }();
  return nearest(name, names);
}

const std::vector<std::string>& type_names() {
  static const std::vector<std::string> names = {"null_type", "bool",    "int",  "double",
                                                 "string",    "bytes",   "list", "map",
                                                 "timestamp", "duration"};
  return names;
}

}  // namespace weir
