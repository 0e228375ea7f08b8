#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/expression/lexer.hpp"
#include "runtime/expression/syntax.hpp"

namespace weir::syntax {

/// Where a parser stands in its tokens, what it has found wrong, and the nodes it makes.
class token_cursor {
 protected:
  explicit token_cursor(std::string_view text);

  const token& now() const { return tokens_[at_]; }
  const token& after() const { return tokens_[std::min(at_ + 1, tokens_.size() - 1)]; }
  bool is_symbol(std::string_view text) const {
    return now().kind == token_kind::symbol && now().text == text;
  }
  static bool is_word(const token& t, std::string_view text) {
    return t.kind == token_kind::name && t.text == text;
  }
  bool take(std::string_view symbol);

  /// Ends the parse: what follows would be guesses. Where the lexer left something out, its problem
  /// is the cause, and one told here would be a consequence.
  node_ptr fail(const token& where, std::string text);
  /// Tells what is wrong, and the parse goes on.
  void tell(const token& where, std::string text);
  std::string describe(const token& t) const;
  /// What stands behind a whole expression.
  node_ptr unexpected_rest();

  /// A node under construction; `finish` measures it.
  static std::shared_ptr<node> begin(node_kind kind, std::size_t offset);
  node_ptr finish(std::shared_ptr<node> n);

  std::size_t last_end() const {
    return at_ == 0 ? 0 : tokens_[at_ - 1].offset + tokens_[at_ - 1].length;
  }

  std::string_view text_;
  std::vector<token> tokens_;
  std::size_t at_ = 0;
  std::vector<expression_problem> problems_;

 private:
  std::size_t lexer_problems_ = 0;
};

}  // namespace weir::syntax
