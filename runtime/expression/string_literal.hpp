#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runtime/expression/expression.hpp"

namespace weir::syntax {

/// How a string literal is to be read.
struct string_form {
  bool raw = false;    ///< `r"..."`: a backslash is a backslash
  bool bytes = false;  ///< `b"..."`: `\x` and octal escapes are bytes, `\u` is none
};

/// Decodes what stands between the quotes of a literal; `offset` is where that begins.
///
/// Errors: told in `problems`; the text is then incomplete.
std::string decode_string(std::string_view inside, string_form form, std::size_t offset,
                          std::vector<expression_problem>& problems);

}  // namespace weir::syntax
