#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "runtime/data/known_columns.hpp"
#include "runtime/expression/expression.hpp"

namespace weir {

/// A division of two whole numbers, which drops the fraction.
struct int_division {
  std::size_t offset = 0;  ///< of the operator, in bytes from the start of the expression's text
  std::string text;
  std::string with_fraction;  ///< what to write to keep the fraction
};

/// The divisions of declared ints and literals whose fraction is likely to be missed: not those of
/// literals that leave no rest, nor `n / 10 * 10` and `status / 100 == 5`, which are meant so.
std::vector<int_division> int_divisions(const expression& what, const known_columns& columns);

}  // namespace weir
