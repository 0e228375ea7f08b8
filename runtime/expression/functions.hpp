#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "runtime/data/type.hpp"

namespace weir {

/// A set of kinds of values.
class kind_set {
 public:
  constexpr kind_set() = default;
  constexpr kind_set(std::initializer_list<value_kind> kinds) {
    for (const auto kind : kinds) bits_ = static_cast<std::uint16_t>(bits_ | bit(kind));
  }
  constexpr bool has(value_kind kind) const { return (bits_ & bit(kind)) != 0; }

 private:
  static constexpr std::uint16_t bit(value_kind kind) {
    return static_cast<std::uint16_t>(1U << static_cast<unsigned>(kind));
  }
  std::uint16_t bits_ = 0;
};

/// `int, double or string`: for messages.
std::string to_text(kind_set kinds);

enum class function_id : std::uint8_t {
  has,
  size,
  contains,
  starts_with,
  ends_with,
  matches,
  lower_ascii,
  upper_ascii,
  trim,
  to_int,
  to_double,
  to_string,
  to_bool,
  to_timestamp,
  to_duration,
  full_year,
  month,
  date,
  day_of_month,
  day_of_week,
  day_of_year,
  hours,
  minutes,
  seconds,
  milliseconds,
};

enum class call_style : std::uint8_t { function, method, either };

/// A function of the language, declared once: the parser, the checker and the manual read it here.
struct function_entry {
  function_id id;
  std::string_view name;
  call_style style;
  std::uint8_t arguments_min;  ///< a method's target counts
  std::uint8_t arguments_max;
  std::array<kind_set, 2> takes;
  value_kind result;
  std::string_view signature;
  std::string_view example;  ///< a call, for messages
  std::string_view summary;
};

/// All functions, in the order of the manual.
std::span<const function_entry> functions();

const function_entry* find_function(std::string_view name);

/// `'size' does not take int; it takes string, bytes or json`.
std::string argument_mismatch(const function_entry& entry, std::size_t argument, value_kind found);

/// The function that a person who wrote `name` most likely wants: a usual name of other languages,
/// or the nearest spelling.
std::optional<std::string_view> function_meant(std::string_view name);

}  // namespace weir
