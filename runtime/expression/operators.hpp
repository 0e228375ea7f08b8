#pragma once

#include <optional>
#include <string_view>

#include "runtime/expression/syntax.hpp"

namespace weir::syntax {

/// An operator between two operands.
struct infix {
  std::string_view text;
  operation op;
  int strength;  ///< a higher one binds tighter
};

/// The operator that is written so; null if none is.
const infix* find_infix(std::string_view text);

/// The operator that a person who wrote `text` means: other languages write it so.
std::optional<std::string_view> operator_meant(std::string_view text);

}  // namespace weir::syntax
