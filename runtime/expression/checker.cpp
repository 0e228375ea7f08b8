#include <fmt/format.h>

#include <algorithm>

#include "runtime/base/text.hpp"
#include "runtime/expression/expression.hpp"
#include "runtime/expression/functions.hpp"
#include "runtime/expression/syntax.hpp"
#include "runtime/expression/typing.hpp"
#include "runtime/expression/unknown_column.hpp"

namespace weir {
namespace {

using syntax::node;
using syntax::node_kind;
using syntax::operation;

// The literal that a name most likely was to be, as other languages spell it. As a column, which
// would be null where records may have any, it has to stand in backticks.
std::optional<std::string_view> literal_meant(const node& n) {
  if (n.length != n.name.size()) return std::nullopt;
  std::string lower;
  for (const char c : n.name) lower += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  for (const std::string_view literal : {"true", "false", "null"})
    if (lower == literal) return literal;
  for (const std::string_view other : {"none", "nil", "undefined"})
    if (lower == other) return "null";
  return std::nullopt;
}

class checker {
 public:
  explicit checker(const known_columns& columns) : columns_(columns) {}

  static_kind kind_of(const node& n) {
    if (n.kind == node_kind::column) return column(n);
    std::vector<static_kind> children;
    children.reserve(n.children.size());
    for (const auto& child : n.children) children.push_back(kind_of(*child));
    const typing found = type_of(n, children);
    if (!found.fits) mismatch(n, children);
    if (n.kind == node_kind::binary && n.op == operation::in) members(n, children[0]);
    return found.kind;
  }

  std::vector<expression_problem> finish() && {
    std::stable_sort(problems_.begin(), problems_.end(),
                     [](const auto& a, const auto& b) { return a.offset < b.offset; });
    return std::move(problems_);
  }

  void refuse(const node& n, std::string code, std::string text) {
    problems_.push_back({std::move(code), n.offset, n.length, std::move(text)});
  }

 private:
  static_kind column(const node& n) {
    if (const auto kind = place_kind(n.name)) return kind;
    if (const auto meant = literal_meant(n)) {
      refuse(n, "unknown-literal",
             fmt::format("{} is no literal; did you mean '{}'? (a column stands in backticks)",
                         quoted(n.name), *meant));
      return std::nullopt;
    }
    if (const field* known = columns_.find(n.name)) {
      if (known->type == column_type::dynamic) return std::nullopt;
      return weir::kind_of(known->type);
    }
    if (columns_.complete) refuse(n, "unknown-column", unknown_column(n.name, columns_));
    return std::nullopt;
  }

  // `status in ["500"]` can never hold where `status` is an int.
  void members(const node& n, static_kind wanted) {
    if (n.children[1]->kind != node_kind::list) return;
    for (const auto& item : n.children[1]->children)
      if (item->kind == node_kind::literal && !comparable(wanted, item->value.kind))
        refuse(*item, "type-mismatch",
               fmt::format("{} and {} are never equal", to_text(wanted),
                           to_text(static_kind(item->value.kind))));
  }

  void mismatch(const node& n, const std::vector<static_kind>& children) {
    switch (n.kind) {
      case node_kind::select:
      case node_kind::index:
        refuse(*n.children[0], "type-mismatch",
               fmt::format("{} has no fields or items", to_text(children[0])));
        break;
      case node_kind::conditional:
        refuse(
            *n.children[0], "type-mismatch",
            fmt::format("the condition before '?' must be bool, found {}", to_text(children[0])));
        break;
      case node_kind::unary:
        refuse(n, "type-mismatch",
               fmt::format("'{}' does not take {}", name_of(n.op), to_text(children[0])));
        break;
      case node_kind::binary:
        binary_mismatch(n, children[0], children[1]);
        break;
      case node_kind::map:
        map_mismatch(n, children);
        break;
      case node_kind::comprehension:
        comprehension_mismatch(n, children);
        break;
      case node_kind::call:
        call_mismatch(n, children);
        break;
      default:
        break;
    }
  }

  void binary_mismatch(const node& n, static_kind left, static_kind right) {
    if (n.op == operation::logical_and || n.op == operation::logical_or) {
      for (const auto& [child, kind] : {std::pair(n.children[0], left), {n.children[1], right}})
        if (kind && kind != value_kind::boolean && kind != value_kind::null)
          refuse(*child, "type-mismatch",
                 fmt::format("'{}' takes bool, found {}", name_of(n.op), to_text(kind)));
      return;
    }
    std::string text =
        fmt::format("'{}' does not take {} and {}", name_of(n.op), to_text(left), to_text(right));
    if (n.op == operation::equal || n.op == operation::not_equal)
      text = fmt::format("{} and {} are never equal", to_text(left), to_text(right));
    if (n.op == operation::in)
      text = fmt::format("'in' looks into lists and maps, found {}", to_text(right));
    if (n.op == operation::in && right == value_kind::string)
      text += "; write 'text.contains(\"part\")'";
    if (n.op == operation::add && (left == value_kind::string || right == value_kind::string))
      text += "; write string(x) to join texts";
    refuse(n, "type-mismatch", std::move(text));
  }

  void map_mismatch(const node& n, const std::vector<static_kind>& children) {
    for (std::size_t i = 0; i < children.size(); i += 2)
      if (children[i] && children[i] != value_kind::string)
        refuse(*n.children[i], "type-mismatch",
               fmt::format("the key of a map must be string, found {}", to_text(children[i])));
  }

  void comprehension_mismatch(const node& n, const std::vector<static_kind>& children) {
    const auto differs = [&](std::size_t at, value_kind wanted) {
      return children[at] && children[at] != wanted && children[at] != value_kind::null;
    };
    if (differs(0, value_kind::json))
      refuse(*n.children[0], "type-mismatch",
             fmt::format("'{}' goes through lists and maps, found {}", name_of(n.loop),
                         to_text(children[0])));
    if (has_condition(n) && differs(1, value_kind::boolean))
      refuse(*n.children[1], "type-mismatch",
             fmt::format("'{}' takes bool, found {}", name_of(n.loop), to_text(children[1])));
  }

  void call_mismatch(const node& n, const std::vector<static_kind>& children) {
    for (std::size_t i = 0; i < children.size() && i < n.function->arguments_max; ++i) {
      const kind_set takes = n.function->takes_at(i);
      if (!children[i] || *children[i] == value_kind::null || takes.has(*children[i])) continue;
      refuse(*n.children[i], "type-mismatch", argument_mismatch(*n.function, i, *children[i]));
    }
  }

  const known_columns& columns_;
  std::vector<expression_problem> problems_;
};

}  // namespace

checked_expression check(const expression& what, const known_columns& columns,
                         std::optional<column_type> wanted) {
  checker run(columns);
  const static_kind kind = run.kind_of(what.root());
  checked_expression out;
  out.type = kind ? type_of(*kind) : column_type::dynamic;
  const bool open = out.type == column_type::dynamic;
  const bool promotes = wanted == column_type::float64 && out.type == column_type::int64;
  if (wanted && *wanted != column_type::dynamic && !open && out.type != *wanted && !promotes)
    run.refuse(what.root(), "type-mismatch",
               fmt::format("{} is wanted here, found {}", name_of(*wanted), name_of(out.type)));
  out.problems = std::move(run).finish();
  return out;
}

}  // namespace weir
