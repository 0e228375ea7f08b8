#pragma once

#include <vector>

#include "runtime/data/column_builder.hpp"
#include "runtime/expression/json_path.hpp"
#include "runtime/expression/kernel.hpp"
#include "runtime/expression/macros.hpp"

namespace weir {

/// `list.all(x, condition)` and its like: the items of many lists become the rows of a batch of
/// their own, over which the parts behind the name are computed as columns are.
///
/// Memory: so many items at once as `items_at_once`, however long a list is.
class comprehension_kernel final : public kernel {
 public:
  static constexpr std::size_t items_at_once = 4096;

  /// `condition` is null for a `map` without one; `value` is null for all but `map`.
  comprehension_kernel(syntax::macro loop, kernel_ptr list, kernel_ptr condition, kernel_ptr value);
  series run(batch& over, const row_set& rows) override;

 private:
  struct list_state;
  class pass;

  syntax::macro loop_;
  kernel_ptr list_, condition_, value_;
  json_reader reader_;
};

}  // namespace weir
