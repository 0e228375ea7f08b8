#include "runtime/expression/operators.hpp"

#include <array>

namespace weir::syntax {
namespace {

constexpr std::array infixes = {
    infix{"||", operation::logical_or, 1}, infix{"&&", operation::logical_and, 2},
    infix{"==", operation::equal, 3},      infix{"!=", operation::not_equal, 3},
    infix{"<", operation::less, 3},        infix{"<=", operation::less_equal, 3},
    infix{">", operation::greater, 3},     infix{">=", operation::greater_equal, 3},
    infix{"in", operation::in, 3},         infix{"+", operation::add, 4},
    infix{"-", operation::subtract, 4},    infix{"*", operation::multiply, 5},
    infix{"/", operation::divide, 5},      infix{"%", operation::remainder, 5},
};

struct slip {
  std::string_view written, meant;
};
constexpr std::array slips = {
    slip{"=", "=="},   slip{"===", "=="}, slip{"!==", "!="}, slip{"<>", "!="},
    slip{"and", "&&"}, slip{"or", "||"},  slip{"AND", "&&"}, slip{"OR", "||"},
    slip{"mod", "%"},  slip{"IN", "in"},  slip{"div", "/"},
};

}  // namespace

const infix* find_infix(std::string_view text) {
  for (const auto& i : infixes)
    if (i.text == text) return &i;
  return nullptr;
}

std::optional<std::string_view> operator_meant(std::string_view text) {
  for (const auto& s : slips)
    if (s.written == text) return s.meant;
  return std::nullopt;
}

}  // namespace weir::syntax
