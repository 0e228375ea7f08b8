#pragma once

#include <fmt/format.h>

#include <chrono>
#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/base/byte_size.hpp"
#include "runtime/base/duration.hpp"
#include "runtime/base/text.hpp"
#include "runtime/config/config_value.hpp"
#include "runtime/config/problems.hpp"
#include "runtime/data/column_path.hpp"
#include "runtime/data/type.hpp"
#include "runtime/expression/aggregate_expression.hpp"
#include "runtime/expression/expression.hpp"

namespace weir {

/// An expression as an option's value, with the place of its text.
struct expression_option {
  std::optional<expression> value;
  text_place place;
};

/// An aggregate as an option's value.
struct aggregate_option {
  std::optional<aggregate_expression> value;
  text_place place;
};

/// A map in the order it was written: name and value.
template <class T>
using named = std::vector<std::pair<std::string, T>>;

/// How a type is read from configuration, shown and called. A type without it can't be an option.
///
/// `read` adds a problem and answers false where the value does not fit; `show` gives the text that
/// reads back as the value, empty for nothing.
template <class T>
struct option_type;

template <>
struct option_type<bool> {
  static std::string name() { return "bool"; }
  static bool read(const config_value& from, bool& into, problems& found);
  static std::string show(bool value) { return value ? "true" : "false"; }
};

template <>
struct option_type<std::string> {
  static std::string name() { return "string"; }
  static bool read(const config_value& from, std::string& into, problems& found);
  static std::string show(const std::string& value) { return value; }
};

/// Reads a whole number; `least` and `most` are the bounds of the C++ type.
bool read_integer(const config_value& from, std::int64_t least, std::int64_t most,
                  std::int64_t& into, problems& found);

template <std::integral T>
  requires(!std::same_as<T, bool>)
struct option_type<T> {
  static std::string name() { return "integer"; }
  static bool read(const config_value& from, T& into, problems& found) {
    constexpr auto most =
        static_cast<std::int64_t>(std::in_range<std::int64_t>(std::numeric_limits<T>::max())
                                      ? std::numeric_limits<T>::max()
                                      : static_cast<T>(std::numeric_limits<std::int64_t>::max()));
    std::int64_t number = 0;
    if (!read_integer(from, static_cast<std::int64_t>(std::numeric_limits<T>::min()), most, number,
                      found))
      return false;
    into = static_cast<T>(number);
    return true;
  }
  static std::string show(T value) { return std::to_string(value); }
};

template <>
struct option_type<double> {
  static std::string name() { return "number"; }
  static bool read(const config_value& from, double& into, problems& found);
  static std::string show(double value) { return fmt::format("{}", value); }
};

template <>
struct option_type<byte_size> {
  static std::string name() { return "size"; }
  static bool read(const config_value& from, byte_size& into, problems& found);
  static std::string show(byte_size value) { return to_text(value); }
};

template <>
struct option_type<std::chrono::nanoseconds> {
  static std::string name() { return "duration"; }
  static bool read(const config_value& from, std::chrono::nanoseconds& into, problems& found);
  static std::string show(std::chrono::nanoseconds value) { return to_text(value); }
};

template <>
struct option_type<column_path> {
  static std::string name() { return "column"; }
  static bool read(const config_value& from, column_path& into, problems& found);
  static std::string show(const column_path& value) {
    return value.steps.empty() ? std::string() : to_text(value);
  }
};

template <>
struct option_type<column_type> {
  static std::string name() { return "type"; }
  static bool read(const config_value& from, column_type& into, problems& found);
  static std::string show(column_type value) { return std::string(name_of(value)); }
};

template <>
struct option_type<expression_option> {
  static std::string name() { return "expression"; }
  static bool read(const config_value& from, expression_option& into, problems& found);
  static std::string show(const expression_option& value) {
    return value.value ? value.value->text() : std::string();
  }
};

template <>
struct option_type<aggregate_option> {
  static std::string name() { return "aggregate"; }
  static bool read(const config_value& from, aggregate_option& into, problems& found);
  static std::string show(const aggregate_option& value) {
    return value.value ? value.value->text : std::string();
  }
};

template <class T>
struct option_type<std::optional<T>> {
  static std::string name() { return option_type<T>::name(); }
  static bool read(const config_value& from, std::optional<T>& into, problems& found) {
    if (option_type<T>::read(from, into.emplace(), found)) return true;
    into.reset();
    return false;
  }
  static std::string show(const std::optional<T>& value) {
    return value ? option_type<T>::show(*value) : std::string();
  }
};

/// A list; a single value is a list of one. Items that could not be read are left out.
template <class T>
struct option_type<std::vector<T>> {
  static std::string name() { return "list of " + option_type<T>::name() + "s"; }
  static bool read(const config_value& from, std::vector<T>& into, problems& found) {
    into.clear();
    if (!from.is_list()) return read_item(from, into, found);
    bool fits = true;
    for (const auto& item : from.items) fits = read_item(item, into, found) && fits;
    return fits;
  }
  static std::string show(const std::vector<T>& value) {
    std::vector<std::string> shown;
    for (const auto& item : value) shown.push_back(option_type<T>::show(item));
    return shown.empty() ? std::string() : fmt::format("[{}]", fmt::join(shown, ", "));
  }

 private:
  static bool read_item(const config_value& from, std::vector<T>& into, problems& found) {
    if (option_type<T>::read(from, into.emplace_back(), found)) return true;
    into.pop_back();
    return false;
  }
};

/// Adds `wrong-type`: a map was wanted.
bool refuse_not_a_map(const config_value& from, std::string_view of_what, problems& found);

/// A map in its order. Entries that could not be read are left out.
template <class T>
struct option_type<named<T>> {
  static std::string name() { return "map of " + option_type<T>::name() + "s"; }
  static bool read(const config_value& from, named<T>& into, problems& found) {
    into.clear();
    if (!from.is_map()) return refuse_not_a_map(from, option_type<T>::name(), found);
    bool fits = true;
    for (const auto& entry : from.entries) {
      const auto in = found.enter(fmt::format("'{}'", entry.key));
      auto& added = into.emplace_back(entry.key, T{});
      if (option_type<T>::read(entry.value, added.second, found)) continue;
      into.pop_back();
      fits = false;
    }
    return fits;
  }
  static std::string show(const named<T>& value) {
    std::vector<std::string> shown;
    for (const auto& [key, item] : value) shown.push_back(key + ": " + option_type<T>::show(item));
    return shown.empty() ? std::string() : fmt::format("{{{}}}", fmt::join(shown, ", "));
  }
};

}  // namespace weir
