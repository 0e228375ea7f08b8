#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

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
  char_at,
  index_of,
  last_index_of,
  substring,
  replace,
  reverse,
  split,
  join,
  quote,
  format,
  range,
  slice,
  sort,
  to_int,
  to_uint,
  to_double,
  to_string,
  to_bytes,
  to_bool,
  to_timestamp,
  to_duration,
  to_dyn,
  type,
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
  greatest,
  least,
  abs,
  sign,
  ceil,
  floor,
  round,
  trunc,
  sqrt,
  is_nan,
  is_inf,
  is_finite,
  bit_and,
  bit_or,
  bit_xor,
  bit_not,
  bit_shift_left,
  bit_shift_right,
};

/// What belongs together: a heading of the manual, and a file of loops.
enum class function_family : std::uint8_t {
  presence,
  text,
  edit,
  list,
  conversion,
  time,
  math,
};

enum class call_style : std::uint8_t { function, method, either };

/// What is known of the kind of a function's value.
enum class result_rule : std::uint8_t {
  fixed,         ///< it is `result`
  as_arguments,  ///< that of the arguments where they agree
  open,          ///< known with the value only
};

/// A function of the language, declared once: the parser, the checker, the evaluation and the
/// manual read it here.
struct function_entry {
  static constexpr std::uint8_t any_number = 255;  ///< as `arguments_max`

  function_id id;
  function_family family;
  std::string_view name;
  call_style style;
  std::uint8_t arguments_min;  ///< a method's target counts
  std::uint8_t arguments_max;
  std::array<kind_set, 4> takes;
  result_rule rule;
  value_kind result;
  std::string_view signature;
  std::string_view example;  ///< a call, for messages
  std::string_view summary;

  /// What argument number `at` may be; arguments beyond the last that is listed are like it.
  kind_set takes_at(std::size_t at) const {
    const std::size_t listed = std::min<std::size_t>(arguments_max, takes.size());
    return takes[arguments_max == any_number ? 0 : std::min(at, listed - 1)];
  }
};

/// All functions, family by family, in the order of the manual.
std::span<const function_entry> functions();

/// The functions of a namespace are found by their whole name: `math.abs`.
const function_entry* find_function(std::string_view name);

/// Whether functions are called behind `name` and a point, as behind `math`.
bool is_namespace(std::string_view name);

/// `'size' does not take int; it takes string, bytes or json`.
std::string argument_mismatch(const function_entry& entry, std::size_t argument, value_kind found);

/// The function or macro that a person who wrote `name` most likely wants: a usual name of other
/// languages, or the nearest spelling.
std::optional<std::string_view> function_meant(std::string_view name);

/// The names of types as `type(x)` gives them.
const std::vector<std::string>& type_names();

}  // namespace weir
