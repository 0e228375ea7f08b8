#include "runtime/expression/parser.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/base/text.hpp"
#include "runtime/expression/calls.hpp"
#include "runtime/expression/lexer.hpp"
#include "runtime/expression/operators.hpp"

namespace weir::syntax {
namespace {

// The deepest nesting of parentheses and the like: bounds the parser's own recursion.
constexpr int nesting_max = 100;

class parser {
 public:
  parser(std::string_view text, vocabulary words) : text_(text), words_(words) {
    lexed from = lex(text);
    tokens_ = std::move(from.tokens);
    problems_ = std::move(from.problems);
    lexer_problems_ = problems_.size();
  }

  parsed run() {
    node_ptr root = expression();
    if (root && now().kind != token_kind::end) root = unexpected_rest();
    return {std::move(root), std::move(problems_)};
  }

 private:
  const token& now() const { return tokens_[at_]; }
  const token& after() const { return tokens_[std::min(at_ + 1, tokens_.size() - 1)]; }
  bool is_symbol(std::string_view text) const {
    return now().kind == token_kind::symbol && now().text == text;
  }
  bool is_word(const token& t, std::string_view text) const {
    return t.kind == token_kind::name && t.text == text;
  }
  bool take(std::string_view symbol) {
    if (!is_symbol(symbol)) return false;
    ++at_;
    return true;
  }
  std::size_t last_end() const {
    return at_ == 0 ? 0 : tokens_[at_ - 1].offset + tokens_[at_ - 1].length;
  }

  // Ends the parse: what follows would be guesses. Where the lexer left something out, its problem
  // is the cause, and one told here would be a consequence.
  node_ptr fail(const token& where, std::string text) {
    if (lexer_problems_ == 0)
      problems_.push_back(
          {"syntax", where.offset, std::max<std::size_t>(where.length, 1), std::move(text)});
    return nullptr;
  }
  void tell(const token& where, std::string text) {
    problems_.push_back({"syntax", where.offset, where.length, std::move(text)});
  }

  std::string describe(const token& t) const {
    if (t.kind == token_kind::end) return "the end of the expression";
    return quoted(text_.substr(t.offset, t.length));
  }

  node_ptr unexpected_rest() {
    const token& t = now();
    if (is_word(t, "is")) return fail(t, "'is' is not an operator; write '== null' or '!= null'");
    if (is_word(t, "not") && is_word(after(), "in"))
      return fail(t, "'not in' is not an operator; write '!(x in list)'");
    if (t.kind == token_kind::symbol && t.text == "=~")
      return fail(t, "'=~' is not an operator; write 'text.matches(\"pattern\")'");
    if (t.kind == token_kind::symbol && (t.text == ")" || t.text == "]" || t.text == "}"))
      return fail(t, fmt::format("'{}' closes nothing", t.text));
    return fail(t, fmt::format("unexpected {}; an operator is missing before it", describe(t)));
  }

  // A node under construction; `finish` measures it.
  static std::shared_ptr<node> begin(node_kind kind, std::size_t offset) {
    auto n = std::make_shared<node>();
    n->kind = kind;
    n->offset = offset;
    return n;
  }
  node_ptr finish(std::shared_ptr<node> n) {
    n->length = last_end() - n->offset;
    for (const auto& child : n->children) n->height = std::max(n->height, child->height + 1);
    if (n->height <= node::height_max) return n;
    return fail(now(), fmt::format("the expression nests deeper than {} steps", node::height_max));
  }

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

  node_ptr member(node_ptr target) {
    const token name = now();
    if (name.kind != token_kind::name && name.kind != token_kind::quoted_name)
      return fail(name, fmt::format("a name is missing after '.', found {}", describe(name)));
    ++at_;
    if (name.kind == token_kind::name && is_symbol("(")) return call(name, std::move(target));
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

  node_ptr column(const token& t) {
    auto n = begin(node_kind::column, t.offset);
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
    if (t.text == "{") return fail(t, "a map can't be written here; name its values one by one");
    return fail(t, fmt::format("a value is missing before {}", describe(t)));
  }

  std::string_view text_;
  std::vector<token> tokens_;
  vocabulary words_;
  std::vector<expression_problem> problems_;
  std::size_t lexer_problems_ = 0;
  std::size_t at_ = 0;
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
