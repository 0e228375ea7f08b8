#pragma once

#include <string_view>
#include <vector>

#include "runtime/expression/expression.hpp"
#include "runtime/expression/syntax.hpp"

namespace weir::syntax {

/// Which functions may be called.
enum class vocabulary { functions, functions_and_aggregates };

struct parsed {
  node_ptr root;  ///< null where the text is no expression; whole only without problems
  std::vector<expression_problem> problems;
};

/// Parses `text` and finds its functions; types are the checker's.
///
/// Memory: nesting and length of the text are bounded; what is beyond is a problem, never a crash.
parsed parse(std::string_view text, vocabulary words);

/// The longest expression, in bytes.
constexpr std::size_t text_bytes_max = 64 * 1024;

}  // namespace weir::syntax
