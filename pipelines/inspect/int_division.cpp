#include "pipelines/inspect/int_division.hpp"

#include "runtime/expression/syntax.hpp"
#include "runtime/expression/typing.hpp"

namespace weir {
namespace {

using syntax::node;
using syntax::node_kind;
using syntax::operation;

bool is_int_literal(const node& n) {
  return n.kind == node_kind::literal && n.value.kind == value_kind::int64;
}

bool is_operation(const node& n, operation op) { return n.kind == node_kind::binary && n.op == op; }

class division_search {
 public:
  division_search(const expression& in, const known_columns& columns)
      : in_(in), columns_(columns) {}

  static_kind visit(const node& n, const node* parent) {
    if (n.kind == node_kind::column) return column(n);
    std::vector<static_kind> children;
    for (const auto& child : n.children) children.push_back(visit(*child, &n));
    const auto kind = type_of(n, children).kind;
    if (is_operation(n, operation::divide) && kind == value_kind::int64 &&
        !is_exact(*n.children[0], *n.children[1]) && !rounds(n, parent))
      found.push_back(division(n));
    return kind;
  }

  std::vector<int_division> found;

 private:
  static_kind column(const node& n) const {
    if (const auto kind = place_kind(n.name)) return kind;
    const field* known = columns_.find(n.name);
    if (known == nullptr || known->type == column_type::dynamic) return std::nullopt;
    return kind_of(known->type);
  }

  static bool is_exact(const node& dividend, const node& divisor) {
    return is_int_literal(dividend) && is_int_literal(divisor) && divisor.value.int64 != 0 &&
           dividend.value.int64 % divisor.value.int64 == 0;
  }

  // Whether a whole number is what is wanted: the quotient is multiplied by what it was divided by,
  // compared with whole numbers for equality, or divided for its rest.
  bool rounds(const node& n, const node* parent) const {
    if (parent == nullptr || parent->kind != node_kind::binary) return false;
    const node& other = *parent->children[parent->children[0].get() == &n ? 1 : 0];
    switch (parent->op) {
      case operation::multiply:
        return text(other) == text(*n.children[1]);
      case operation::equal:
      case operation::not_equal:
      case operation::in:
      case operation::remainder:
        return true;
      default:
        return false;
    }
  }

  int_division division(const node& n) const {
    const auto operand = [&](const node& of) {
      const bool is_compound = of.kind == node_kind::binary || of.kind == node_kind::conditional;
      return is_compound ? "(" + text(of) + ")" : text(of);
    };
    const auto divisor = operand(*n.children[1]);
    return {n.name_offset, operand(*n.children[0]) + " / " + divisor,
            "double(" + text(*n.children[0]) + ") / " + divisor};
  }

  std::string text(const node& n) const { return in_.text().substr(n.offset, n.length); }

  const expression& in_;
  const known_columns& columns_;
};

}  // namespace

std::vector<int_division> int_divisions(const expression& what, const known_columns& columns) {
  division_search search(what, columns);
  search.visit(what.root(), nullptr);
  return std::move(search.found);
}

}  // namespace weir
