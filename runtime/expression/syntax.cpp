#include "runtime/expression/syntax.hpp"

#include <array>

namespace weir::syntax {

std::string_view name_of(operation op) {
  constexpr std::array<std::string_view, 16> names = {
      "||", "&&", "!", "-", "==", "!=", "<", "<=", ">", ">=", "in", "+", "-", "*", "/", "%"};
  return names[static_cast<std::size_t>(op)];
}

}  // namespace weir::syntax
