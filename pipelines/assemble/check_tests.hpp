#pragma once

#include <vector>

#include "pipelines/assemble/draft.hpp"
#include "runtime/config/problems.hpp"
#include "runtime/data/known_columns.hpp"

namespace weir {

/// Checks a pipeline's tests against it: the stages and ports that they name are there, every
/// source that reads files is given its records, and conditions fit the columns that are known of
/// each output (`outputs`, by stage and port). Whether files of records can be read is not asked
/// here.
void check_tests(const draft& in, const std::vector<std::vector<known_columns>>& outputs,
                 problems& found);

}  // namespace weir
