#pragma once

#include <algorithm>
#include <vector>

#include "runtime/expression/evaluator.hpp"
#include "runtime/stage/outlet.hpp"

namespace weir {

/// Rejects records that several expressions refused, in the order of the records: in which chunk a
/// record lies with others must not show in what is rejected.
///
/// Requires: no row stands there twice.
inline void reject_in_order(const chunk& from, std::vector<evaluated::record_error> refused,
                            outlet& out) {
  std::sort(refused.begin(), refused.end(),
            [](const auto& a, const auto& b) { return a.row < b.row; });
  for (const auto& e : refused) out.reject(from, e.row, e.code, e.text);
}

}  // namespace weir
