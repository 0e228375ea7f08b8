#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "runtime/base/random.hpp"
#include "runtime/config/option_type.hpp"
#include "runtime/data/column.hpp"

namespace weir {

/// Makes the values of one column, one after the other.
///
/// Order:  the n-th value depends on the column's seed and n alone, not on how many are made at
///         once nor on other columns.
/// Memory: about 256 bytes and its distinct texts.
class column_generator {
 public:
  virtual ~column_generator() = default;
  virtual column_type type() const = 0;
  /// The next `rows` values, none of them null.
  virtual column_ptr make(std::uint32_t rows) = 0;
};

/// The random numbers of a column, told apart from those of others by its name.
random_source random_of(std::uint64_t seed, std::string_view column);

/// A value written in a pipeline file, typed by its text: `3`, `2.5`, `true`, `abc`, `"3"`.
struct literal {
  value_kind kind = value_kind::null;
  std::int64_t int64 = 0;
  double float64 = 0;
  bool boolean = false;
  std::string text;
};

struct counter_generator {
  std::int64_t counter = 0;
  std::int64_t step = 1;
};
struct uniform_generator {
  std::vector<literal> uniform;  ///< least and most
};
struct choice_generator {
  std::vector<literal> one_of;
  std::vector<double> weights;
};
struct clock_generator {
  std::string clock;
  std::chrono::nanoseconds step = std::chrono::seconds(1);
};

/// What a column's values are made of, as a pipeline file says it; a literal is the same value for
/// every record.
using generator_option =
    std::variant<literal, counter_generator, uniform_generator, choice_generator, clock_generator>;

template <>
struct option_type<literal> {
  static std::string name() { return "value"; }
  static bool read(const config_value& from, literal& into, problems& found);
  static std::string show(const literal& value) { return value.text; }
};

template <>
struct option_type<generator_option> {
  static std::string name() { return "generator"; }
  static bool read(const config_value& from, generator_option& into, problems& found);
  static std::string show(const generator_option&) { return {}; }
};

/// The type of the values that it makes.
column_type type_of(const generator_option& what);
/// Requires: `what` was read without problems.
std::unique_ptr<column_generator> make_generator(const generator_option& what,
                                                 random_source random);

/// Strings that stand in many rows, stored once.
class text_pool {
 public:
  explicit text_pool(const std::vector<std::string>& texts);

  std::size_t size() const { return refs_.size(); }
  const string_ref& operator[](std::size_t index) const { return refs_[index]; }
  /// The column of `values`, each a reference of this pool.
  column_ptr column_of(std::shared_ptr<buffer> values, std::uint32_t rows) const;

 private:
  std::vector<string_ref> refs_;
  buffer_ptr bytes_;
};

}  // namespace weir
