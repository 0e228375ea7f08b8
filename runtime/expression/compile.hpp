#pragma once

#include "runtime/data/schema.hpp"
#include "runtime/expression/kernel.hpp"
#include "runtime/expression/syntax.hpp"

namespace weir {

/// Makes the kernels of an expression for chunks of one schema: columns become numbers, what is the
/// same for all records is computed, patterns and lists are prepared.
kernel_ptr compile(const syntax::node& root, const schema& columns);

}  // namespace weir
