#pragma once

#include <vector>

#include "pipelines/assemble/draft.hpp"
#include "runtime/config/problems.hpp"

namespace weir {

/// Follows what is known of the columns from the sources down and checks the expressions and
/// columns that options name against it. `order` is that of `order_stages`. Answers with what is
/// known of each output, by stage and port, `rejected` last; nothing of a stage that is unknown.
std::vector<std::vector<known_columns>> check_columns(const draft& in,
                                                      const std::vector<std::uint32_t>& order,
                                                      problems& found);

}  // namespace weir
