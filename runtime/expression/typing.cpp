#include "runtime/expression/typing.hpp"

#include "runtime/expression/functions.hpp"

namespace weir {
namespace {

using enum value_kind;
using syntax::node_kind;
using syntax::operation;

struct overload {
  operation op;
  value_kind left, right, result;
};

constexpr overload overloads[] = {
    {operation::add, int64, int64, int64},
    {operation::add, int64, float64, float64},
    {operation::add, float64, int64, float64},
    {operation::add, float64, float64, float64},
    {operation::add, string, string, string},
    {operation::add, bytes, bytes, bytes},
    {operation::add, json, json, json},
    {operation::add, timestamp, duration, timestamp},
    {operation::add, duration, timestamp, timestamp},
    {operation::add, duration, duration, duration},
    {operation::subtract, int64, int64, int64},
    {operation::subtract, int64, float64, float64},
    {operation::subtract, float64, int64, float64},
    {operation::subtract, float64, float64, float64},
    {operation::subtract, timestamp, timestamp, duration},
    {operation::subtract, timestamp, duration, timestamp},
    {operation::subtract, duration, duration, duration},
    {operation::multiply, int64, int64, int64},
    {operation::multiply, int64, float64, float64},
    {operation::multiply, float64, int64, float64},
    {operation::multiply, float64, float64, float64},
    {operation::divide, int64, int64, int64},
    {operation::divide, int64, float64, float64},
    {operation::divide, float64, int64, float64},
    {operation::divide, float64, float64, float64},
    {operation::remainder, int64, int64, int64},
};

bool is_number(value_kind kind) { return kind == int64 || kind == float64; }

bool may_be(static_kind known, value_kind kind) {
  return !known || *known == kind || *known == value_kind::null;
}

typing arithmetic(operation op, static_kind left, static_kind right) {
  typing out{.kind = std::nullopt, .fits = false};
  for (const auto& o : overloads) {
    if (o.op != op || !may_be(left, o.left) || !may_be(right, o.right)) continue;
    if (!out.fits) {
      out = {.kind = o.result, .fits = true};
    } else if (out.kind != o.result) {
      out.kind = std::nullopt;
    }
  }
  if (left == value_kind::null || right == value_kind::null) out.kind = value_kind::null;
  // Numbers that nobody declared are fractions where they are divided: 1500 / 1000 is 1.5, whether
  // the text was 1500 or 1500.0.
  if (op == operation::divide && out.fits && (!left || !right)) out.kind = float64;
  return out;
}

bool ordered(static_kind left, static_kind right) {
  if (left == json || right == json) return false;
  return comparable(left, right);
}

typing unary(operation op, static_kind operand) {
  if (op == operation::logical_not) return {boolean, may_be(operand, boolean)};
  const bool negatable =
      !operand || is_number(*operand) || *operand == duration || *operand == value_kind::null;
  return {operand, negatable};
}

typing binary(operation op, static_kind left, static_kind right) {
  switch (op) {
    case operation::logical_or:
    case operation::logical_and:
      return {boolean, may_be(left, boolean) && may_be(right, boolean)};
    case operation::equal:
    case operation::not_equal:
      return {boolean, comparable(left, right)};
    case operation::less:
    case operation::less_equal:
    case operation::greater:
    case operation::greater_equal:
      return {boolean, ordered(left, right)};
    case operation::in:
      return {boolean, may_be(right, json)};
    default:
      return arithmetic(op, left, right);
  }
}

typing conditional(static_kind condition, static_kind chosen, static_kind other) {
  const bool fits = may_be(condition, boolean);
  if (chosen == other) return {chosen, fits};
  if (chosen == value_kind::null) return {other, fits};
  if (other == value_kind::null) return {chosen, fits};
  return {std::nullopt, fits};
}

// The kind that all arguments have; a list has none of its items'.
static_kind common_kind(std::span<const static_kind> children) {
  for (const auto& kind : children)
    if (kind != children[0] || kind == json) return std::nullopt;
  return children.empty() ? std::nullopt : children[0];
}

typing call(const syntax::node& n, std::span<const static_kind> children) {
  if (n.function == nullptr) return {};
  const function_entry& entry = *n.function;
  typing out{.kind = std::nullopt, .fits = true};
  if (entry.rule == result_rule::fixed) out.kind = entry.result;
  if (entry.rule == result_rule::as_arguments) out.kind = common_kind(children);
  for (std::size_t i = 0; i < children.size() && i < entry.arguments_max; ++i)
    if (children[i] && *children[i] != value_kind::null && !entry.takes_at(i).has(*children[i]))
      out.fits = false;
  return out;
}

// Whether every key that is known to be one is a text.
typing map(std::span<const static_kind> children) {
  bool fits = true;
  for (std::size_t i = 0; i < children.size(); i += 2)
    fits = fits && (!children[i] || *children[i] == string);
  return {json, fits};
}

typing comprehension(const syntax::node& n, std::span<const static_kind> children) {
  const bool gives_list = n.loop == syntax::macro::map || n.loop == syntax::macro::filter;
  bool fits = may_be(children[0], json);
  if (has_condition(n)) fits = fits && may_be(children[1], boolean);
  return {gives_list ? json : boolean, fits};
}

}  // namespace

bool has_condition(const syntax::node& n) {
  return n.loop != syntax::macro::map || n.children.size() == 3;
}

bool comparable(static_kind a, static_kind b) {
  if (!a || !b || *a == value_kind::null || *b == value_kind::null) return true;
  return *a == *b || (is_number(*a) && is_number(*b));
}

typing type_of(const syntax::node& n, std::span<const static_kind> children) {
  switch (n.kind) {
    case node_kind::literal:
      return {n.value.kind, true};
    case node_kind::column:
    case node_kind::variable:
      return {};
    case node_kind::select:
    case node_kind::index:
      return {std::nullopt, may_be(children[0], json)};
    case node_kind::unary:
      return unary(n.op, children[0]);
    case node_kind::binary:
      return binary(n.op, children[0], children[1]);
    case node_kind::conditional:
      return conditional(children[0], children[1], children[2]);
    case node_kind::list:
      return {json, true};
    case node_kind::map:
      return map(children);
    case node_kind::call:
      return call(n, children);
    case node_kind::comprehension:
      return comprehension(n, children);
  }
  return {};
}

std::string to_text(static_kind kind) {
  return std::string(kind ? name_of(*kind) : name_of(column_type::dynamic));
}

static_kind place_kind(std::string_view name) {
  if (name == "_file") return string;
  if (name == "_offset" || name == "_line") return int64;
  return std::nullopt;
}

}  // namespace weir
