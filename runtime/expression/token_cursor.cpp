#include "runtime/expression/token_cursor.hpp"

#include <fmt/format.h>

#include "runtime/base/text.hpp"

namespace weir::syntax {

token_cursor::token_cursor(std::string_view text) : text_(text) {
  lexed from = lex(text);
  tokens_ = std::move(from.tokens);
  problems_ = std::move(from.problems);
  lexer_problems_ = problems_.size();
}

bool token_cursor::take(std::string_view symbol) {
  if (!is_symbol(symbol)) return false;
  ++at_;
  return true;
}

node_ptr token_cursor::fail(const token& where, std::string text) {
  if (lexer_problems_ == 0)
    problems_.push_back(
        {"syntax", where.offset, std::max<std::size_t>(where.length, 1), std::move(text)});
  return nullptr;
}
void token_cursor::tell(const token& where, std::string text) {
  problems_.push_back({"syntax", where.offset, where.length, std::move(text)});
}

std::string token_cursor::describe(const token& t) const {
  if (t.kind == token_kind::end) return "the end of the expression";
  return quoted(text_.substr(t.offset, t.length));
}

node_ptr token_cursor::unexpected_rest() {
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

std::shared_ptr<node> token_cursor::begin(node_kind kind, std::size_t offset) {
  auto n = std::make_shared<node>();
  n->kind = kind;
  n->offset = offset;
  return n;
}
node_ptr token_cursor::finish(std::shared_ptr<node> n) {
  n->length = last_end() - n->offset;
  for (const auto& child : n->children) n->height = std::max(n->height, child->height + 1);
  if (n->height <= node::height_max) return n;
  return fail(now(), fmt::format("the expression nests deeper than {} steps", node::height_max));
}

}  // namespace weir::syntax
