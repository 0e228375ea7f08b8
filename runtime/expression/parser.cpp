#include "runtime/expression/parser.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "runtime/base/text.hpp"
#include "runtime/expression/calls.hpp"
#include "runtime/expression/functions.hpp"
#include "runtime/expression/macros.hpp"
#include "runtime/expression/operators.hpp"
#include "runtime/expression/token_cursor.hpp"

namespace weir::syntax {
namespace {

// The deepest nesting of parentheses and the like: bounds the parser's own recursion.
constexpr int nesting_max = 100;

class parser : private token_cursor {
 public:
  parser(std::string_view text, vocabulary words) : token_cursor(text), words_(words) {}

  parsed run() {
    node_ptr root = expression();
    if (root && now().kind != token_kind::end) root = unexpected_rest();
    return {std::move(root), std::move(problems_)};
  }

 private:
  // condition ? then : else
  node_ptr expression() {
    if (nesting_ == nesting_max)
      return fail(now(), fmt::format("the expression nests deeper than {} steps", nesting_max));
    ++nesting_;
    node_ptr result = conditional();
    --nesting_;
    return result;
  }

  node_ptr conditional() {
    node_ptr condition = infix_from(1);
    if (!condition || !is_symbol("?")) return condition;
    auto n = begin(node_kind::conditional, condition->offset);
    ++at_;
    node_ptr chosen = expression();
    if (!chosen) return nullptr;
    if (!take(":")) return fail(now(), fmt::format("':' is missing before {}", describe(now())));
    node_ptr other = expression();
    if (!other) return nullptr;
    n->children = {std::move(condition), std::move(chosen), std::move(other)};
    return finish(std::move(n));
  }

  // The infix operator that stands here. A slip is told once, when `told` asks for it.
  const infix* infix_here(bool told) {
    const token& t = now();
    if (t.kind != token_kind::symbol && t.kind != token_kind::name) return nullptr;
    const auto meant = operator_meant(t.text);
    if (meant && told)
      tell(t, fmt::format("'{}' is not an operator; did you mean '{}'?", t.text, *meant));
    return find_infix(meant.value_or(t.text));
  }

  node_ptr infix_from(int strength) {
    node_ptr left = unary();
    while (left) {
      const infix* found = infix_here(false);
      if (found == nullptr || found->strength < strength) return left;
      if (found->op == operation::logical_or || found->op == operation::logical_and) {
        left = logical(std::move(left), *found);
        continue;
      }
      const token where = now();
      infix_here(true);
      ++at_;
      node_ptr right = infix_from(found->strength + 1);
      if (!right) return nullptr;
      left = join(found->op, where, std::move(left), std::move(right));
    }
    return left;
  }

  node_ptr join(operation op, const token& where, node_ptr left, node_ptr right) {
    if (op == operation::equal || op == operation::not_equal) {
      if (is_type_call(*left)) right = as_type_name(std::move(right));
      if (is_type_call(*right)) left = as_type_name(std::move(left));
    }
    auto n = begin(node_kind::binary, left->offset);
    n->op = op;
    n->name_offset = where.offset;
    n->name_length = where.length;
    const std::size_t end = right->offset + right->length;
    n->children = {std::move(left), std::move(right)};
    node_ptr done = finish(n);
    n->length = end - n->offset;
    return done;
  }

  static bool is_type_call(const node& n) {
    return n.kind == node_kind::call && n.function != nullptr &&
           n.function->id == function_id::type;
  }

  // `int` in `type(x) == int` is the name of a type; as a column it has to stand in backticks.
  node_ptr as_type_name(node_ptr n) const {
    const auto& names = type_names();
    if (n->kind != node_kind::column || n->length != n->name.size() ||
        std::find(names.begin(), names.end(), n->name) == names.end())
      return n;
    auto literal = std::make_shared<node>(*n);
    literal->kind = node_kind::literal;
    literal->value.kind = value_kind::string;
    literal->value.text = n->name;
    return literal;
  }

  // A chain of one logical operator becomes a balanced tree: its meaning is the same, and a long
  // one, as programs write them, does not nest.
  node_ptr logical(node_ptr first, const infix& found) {
    std::vector<node_ptr> terms = {std::move(first)};
    std::vector<token> where;
    for (const infix* next = &found; next == &found; next = infix_here(false)) {
      infix_here(true);
      where.push_back(now());
      ++at_;
      node_ptr term = infix_from(found.strength + 1);
      if (!term) return nullptr;
      terms.push_back(std::move(term));
    }
    return balanced(found.op, terms, where, 0, terms.size());
  }

  node_ptr balanced(operation op, const std::vector<node_ptr>& terms,
                    const std::vector<token>& where, std::size_t from, std::size_t to) {
    if (to - from == 1) return terms[from];
    const std::size_t middle = from + (to - from) / 2;
    node_ptr left = balanced(op, terms, where, from, middle);
    node_ptr right = left ? balanced(op, terms, where, middle, to) : nullptr;
    if (!right) return nullptr;
    return join(op, where[middle - 1], std::move(left), std::move(right));
  }

  // Whether a value can begin at `t`, so that the word before it is a slip for an operator.
  static bool begins_value(const token& t) {
    if (t.kind == token_kind::symbol) return t.text == "(" || t.text == "!" || t.text == "[";
    if (t.kind == token_kind::name) return t.text != "in" && t.text != "and" && t.text != "or";
    return t.kind != token_kind::end;
  }

  node_ptr unary() {
    const token where = now();
    const bool word = (is_word(where, "not") || is_word(where, "NOT")) && begins_value(after());
    const bool negates = is_symbol("-");
    if (!word && !negates && !is_symbol("!")) return postfix();
    if (word) tell(where, fmt::format("'{}' is not an operator; did you mean '!'?", where.text));
    ++at_;
    if (negates && (now().kind == token_kind::whole || now().kind == token_kind::decimal))
      return postfix_of(number(&where));
    if (nesting_ == nesting_max)
      return fail(where, fmt::format("the expression nests deeper than {} steps", nesting_max));
    ++nesting_;
    node_ptr operand = unary();
    --nesting_;
    if (!operand) return nullptr;
    auto n = begin(node_kind::unary, where.offset);
    n->op = negates ? operation::negate : operation::logical_not;
    n->name_offset = where.offset;
    n->name_length = where.length;
    n->children = {std::move(operand)};
    return finish(std::move(n));
  }

  node_ptr postfix() { return postfix_of(primary()); }

  node_ptr postfix_of(node_ptr target) {
    while (target) {
      if (take(".")) {
        target = member(std::move(target));
      } else if (is_symbol("[")) {
        target = element(std::move(target));
      } else {
        return target;
      }
    }
    return target;
  }

  // The whole name of a function of a namespace, where `target` is one: `math.abs`. A column may be
  // called like a namespace, and have methods.
  std::optional<token> qualified(const node& target, const token& name) const {
    if (target.kind != node_kind::column || text_[target.offset] == '`') return std::nullopt;
    token whole = name;
    whole.text = fmt::format("{}.{}", target.name, name.text);
    whole.offset = target.offset;
    whole.length = name.offset + name.length - target.offset;
    const bool known = find_function(name.text) != nullptr || find_macro(name.text) != nullptr;
    if (find_function(whole.text) == nullptr && (known || !is_namespace(target.name)))
      return std::nullopt;
    return whole;
  }

  node_ptr member(node_ptr target) {
    const token name = now();
    if (name.kind != token_kind::name && name.kind != token_kind::quoted_name)
      return fail(name, fmt::format("a name is missing after '.', found {}", describe(name)));
    ++at_;
    if (name.kind == token_kind::name && is_symbol("(")) {
      if (const macro_entry* loop = find_macro(name.text))
        return comprehension(*loop, name, std::move(target));
      if (const auto whole = qualified(*target, name)) return call(*whole, nullptr);
      return call(name, std::move(target));
    }
    auto n = begin(node_kind::select, target->offset);
    n->name = name.text;
    n->name_offset = name.offset;
    n->name_length = name.length;
    n->children = {std::move(target)};
    return finish(std::move(n));
  }

  node_ptr element(node_ptr target) {
    const token open = now();
    ++at_;
    node_ptr key = expression();
    if (!key) return nullptr;
    if (!take("]")) return fail(now(), fmt::format("']' is missing before {}", describe(now())));
    auto n = begin(node_kind::index, target->offset);
    n->name_offset = open.offset;
    n->name_length = last_end() - open.offset;
    n->children = {std::move(target), std::move(key)};
    return finish(std::move(n));
  }

  // Comma-separated expressions up to `close`; whether they were complete.
  bool items(std::vector<node_ptr>& into, std::string_view close) {
    while (!take(close)) {
      node_ptr item = expression();
      if (!item) return false;
      into.push_back(std::move(item));
      if (!take(",") && !is_symbol(close)) {
        fail(now(), fmt::format("',' or '{}' is missing before {}", close, describe(now())));
        return false;
      }
    }
    return true;
  }

  // list.all(name, condition): within the parts, the name is the item's.
  node_ptr comprehension(const macro_entry& loop, const token& name, node_ptr target) {
    const auto refuse = [&](const token& where) {
      const std::string_view parts =
          loop.parts_max > 1 ? "a value, perhaps behind a condition" : "a condition";
      return fail(
          where, fmt::format("'{}' takes a name and {}, as in {}", loop.name, parts, loop.example));
    };
    auto n = begin(node_kind::comprehension, target->offset);
    n->loop = loop.is;
    n->name_offset = name.offset;
    n->name_length = name.length;
    n->children.push_back(std::move(target));
    ++at_;
    const token variable = now();
    if (variable.kind != token_kind::name && variable.kind != token_kind::quoted_name)
      return refuse(name);
    ++at_;
    if (!take(",")) return refuse(name);
    n->name = variable.text;
    variables_.push_back(variable.text);
    const bool complete = items(n->children, ")");
    variables_.pop_back();
    if (!complete) return nullptr;
    if (n->children.size() < 2 || n->children.size() > 1U + loop.parts_max) return refuse(name);
    return finish(std::move(n));
  }

  // `key: value, ...}` of a map that is written out.
  bool entries(std::vector<node_ptr>& into) {
    while (!take("}")) {
      node_ptr key = expression();
      if (!key) return false;
      if (!take(":")) {
        fail(now(), fmt::format("':' is missing before {}", describe(now())));
        return false;
      }
      node_ptr value = expression();
      if (!value) return false;
      into.push_back(std::move(key));
      into.push_back(std::move(value));
      if (!take(",") && !is_symbol("}")) {
        fail(now(), fmt::format("',' or '}}' is missing before {}", describe(now())));
        return false;
      }
    }
    return true;
  }

  node_ptr call(const token& name, node_ptr target) {
    auto n = begin(node_kind::call, target ? target->offset : name.offset);
    const bool method = target != nullptr;
    n->name = name.text;
    n->name_offset = name.offset;
    n->name_length = name.length;
    if (target) n->children.push_back(std::move(target));
    ++at_;
    if (!items(n->children, ")")) return nullptr;
    resolve_call(*n, method, words_, problems_);
    return finish(std::move(n));
  }

  // A number, negative where `minus` stands before it: so that the least int64 can be written.
  node_ptr number(const token* minus) {
    const token t = now();
    auto n = begin(node_kind::literal, minus != nullptr ? minus->offset : t.offset);
    ++at_;
    if (t.kind == token_kind::decimal) {
      n->value.kind = value_kind::float64;
      n->value.float64 = minus != nullptr ? -t.float64 : t.float64;
      return finish(std::move(n));
    }
    constexpr std::uint64_t most = (1ULL << 63) - 1;
    n->value.kind = value_kind::int64;
    n->value.int64 = static_cast<std::int64_t>(minus != nullptr ? 0 - t.magnitude : t.magnitude);
    if (t.magnitude == most + 1 && minus == nullptr) tell(t, "the number does not fit in 64 bits");
    return finish(std::move(n));
  }

  node_ptr primary() {
    const token t = now();
    switch (t.kind) {
      case token_kind::whole:
      case token_kind::decimal:
        return number(nullptr);
      case token_kind::string:
      case token_kind::bytes: {
        auto n = begin(node_kind::literal, t.offset);
        ++at_;
        n->value.kind = t.kind == token_kind::string ? value_kind::string : value_kind::bytes;
        n->value.text = t.text;
        return finish(std::move(n));
      }
      case token_kind::name:
        return word(t);
      case token_kind::quoted_name:
        return column(t);
      case token_kind::symbol:
        return bracket(t);
      case token_kind::end:
        break;
    }
    return fail(t, at_ == 0 ? "the expression is empty"
                            : "a value is missing at the end of the expression");
  }

  bool is_variable(const std::string& name) const {
    return std::find(variables_.begin(), variables_.end(), name) != variables_.end();
  }

  node_ptr column(const token& t, bool may_be_variable = true) {
    const bool variable = may_be_variable && is_variable(t.text);
    auto n = begin(variable ? node_kind::variable : node_kind::column, t.offset);
    ++at_;
    n->name = t.text;
    n->name_offset = t.offset;
    n->name_length = t.length;
    return finish(std::move(n));
  }

  node_ptr word(const token& t) {
    if (after().kind == token_kind::symbol && after().text == "(") {
      ++at_;
      return call(t, nullptr);
    }
    if (t.text == "in") return fail(t, "a value is missing before 'in'");
    if (t.text != "true" && t.text != "false" && t.text != "null") return column(t);
    auto n = begin(node_kind::literal, t.offset);
    ++at_;
    n->value.kind = t.text == "null" ? value_kind::null : value_kind::boolean;
    n->value.boolean = t.text == "true";
    return finish(std::move(n));
  }

  node_ptr bracket(const token& t) {
    if (take("(")) {
      node_ptr inside = expression();
      if (!inside) return nullptr;
      if (!take(")")) return fail(now(), fmt::format("')' is missing before {}", describe(now())));
      return inside;
    }
    if (take("[")) {
      auto n = begin(node_kind::list, t.offset);
      if (!items(n->children, "]")) return nullptr;
      return finish(std::move(n));
    }
    if (take("{")) {
      auto n = begin(node_kind::map, t.offset);
      if (!entries(n->children)) return nullptr;
      return finish(std::move(n));
    }
    // `.x` is the column, also where a comprehension calls its item so.
    const token& next = after();
    if (t.text == "." && (next.kind == token_kind::name || next.kind == token_kind::quoted_name)) {
      ++at_;
      return column(now(), false);
    }
    return fail(t, fmt::format("a value is missing before {}", describe(t)));
  }

  vocabulary words_;
  std::vector<std::string> variables_;  // of the comprehensions around, the outermost first
  int nesting_ = 0;
};

}  // namespace

parsed parse(std::string_view text, vocabulary words) {
  if (text.size() > text_bytes_max)
    return {nullptr,
            {{"syntax", text_bytes_max, 1,
              fmt::format("the expression is longer than {} bytes", text_bytes_max)}}};
  parsed out = parser(text, words).run();
  std::stable_sort(out.problems.begin(), out.problems.end(),
                   [](const auto& a, const auto& b) { return a.offset < b.offset; });
  return out;
}

}  // namespace weir::syntax
