#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/expression/expression.hpp"

namespace weir {

/// One call of an aggregate function: `quantile(duration_ms, 0.99)`.
struct aggregate_call {
  std::string function;  ///< `count sum min max mean quantile`
  /// None for `count()`; `count(x)` counts what is not null. Its `text()`, and the places in its
  /// problems, are those of the whole aggregate expression.
  std::optional<expression> argument;
  std::vector<double> parameters;  ///< the literals behind the argument
  std::size_t offset = 0;
};

/// An aggregate function over an expression, or arithmetic over such:
/// `100.0 * sum(int(status >= 500)) / count()`.
///
/// `outer` is the same expression with each call replaced by a column named `#0`, `#1`, ... in the
/// order of `calls`: so a stage computes the calls, makes a chunk of their results, and evaluates
/// `outer` over it.
///
/// Whether `sum(x) / count()` is a fraction is the doing of that chunk's schema: results declared
/// as int64 divide as integers do, dynamic ones as fractions.
struct aggregate_expression {
  std::string text;
  std::vector<aggregate_call> calls;
  expression outer;

  /// Errors: those of `expression::parse`; an aggregate inside an aggregate; a column outside of
  /// one; an unknown aggregate (with the nearest name); parameters out of their bounds.
  static tl::expected<aggregate_expression, std::vector<expression_problem>> parse(
      std::string_view text);
};

/// The names of the aggregate functions, for messages and manuals.
const std::vector<std::string>& aggregate_functions();

}  // namespace weir
