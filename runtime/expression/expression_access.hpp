#pragma once

#include <memory>
#include <string>

#include "runtime/expression/expression.hpp"
#include "runtime/expression/syntax.hpp"

namespace weir {

/// Makes expressions from trees: for this folder only.
struct expression_access {
  static expression make(std::shared_ptr<const std::string> text, syntax::node_ptr root);
};

}  // namespace weir
