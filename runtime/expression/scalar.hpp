#pragma once

#include <compare>
#include <cstdint>
#include <optional>

#include "runtime/data/column.hpp"
#include "runtime/expression/series.hpp"
#include "runtime/expression/syntax.hpp"

namespace weir {

/// Compares exactly: 2^53 + 1 is not the double 2^53. Unordered where the double is not a number.
std::partial_ordering compare_numbers(std::int64_t a, double b);

/// The order of two values, none where their kinds have none. Neither is null.
std::optional<std::partial_ordering> order_of(const value_view& a, const value_view& b);

/// Whether `==` holds. Values of different kinds are not equal, but for numbers; null equals null.
///
/// Memory: the texts of json values lie in padded memory, as those of columns and series do.
bool equal_values(const value_view& a, const value_view& b);

/// Whether `order` is what `op`, one of `< <= > >=`, asks for.
bool satisfies(syntax::operation op, std::partial_ordering order);

/// How `/` divides two integers.
enum class division : std::uint8_t { whole, fraction };

/// Computes `a op b` for one row, for op one of `+ - * / %`; neither is null.
void compute(syntax::operation op, division divides, const value_view& a, const value_view& b,
             std::uint32_t row, series_writer& out);

/// The same of doubles, but for `%`, which they don't have.
inline double compute_float64(syntax::operation op, double a, double b) {
  switch (op) {
    case syntax::operation::add:
      return a + b;
    case syntax::operation::subtract:
      return a - b;
    case syntax::operation::multiply:
      return a * b;
    default:
      return a / b;
  }
}

/// The problems that values have at run time, with the same texts from fast and slow loops.
struct value_error {
  const char* code;
  std::string text;
};
value_error operand_mismatch(syntax::operation op, value_kind a, value_kind b);
value_error overflow_of(syntax::operation op);
value_error zero_divisor(syntax::operation op);

}  // namespace weir
