#pragma once

#include <vector>

#include "runtime/expression/parser.hpp"
#include "runtime/expression/syntax.hpp"

namespace weir::syntax {

/// Finds the function that `call` names and checks the number and form of its arguments. A call of
/// an aggregate function keeps a null `function`, where `words` allows one.
///
/// Errors: `unknown-function`, `arguments`, `pattern`, told in `problems`.
void resolve_call(node& call, bool method, vocabulary words,
                  std::vector<expression_problem>& problems);

}  // namespace weir::syntax
