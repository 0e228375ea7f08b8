#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/expression/expression.hpp"

namespace weir::syntax {

enum class token_kind : std::uint8_t {
  name,         ///< `text`
  quoted_name,  ///< in backticks; `text` is without them
  whole,        ///< an integer without its sign; `magnitude`
  decimal,      ///< `float64`
  string,       ///< `text`, escapes decoded
  bytes,        ///< `text`, escapes decoded
  symbol,       ///< `text`
  end,
};

struct token {
  token_kind kind = token_kind::end;
  std::size_t offset = 0;
  std::size_t length = 0;
  std::string text;
  std::uint64_t magnitude = 0;
  double float64 = 0;
};

struct lexed {
  std::vector<token> tokens;  ///< the last one is `end`
  std::vector<expression_problem> problems;
};

/// Cuts an expression into tokens. What is no token is told and left out.
///
/// Memory: a token for each few bytes of `text`.
lexed lex(std::string_view text);

}  // namespace weir::syntax
