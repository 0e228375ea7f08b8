#pragma once

#include <string>

#include "runtime/observe/run_report.hpp"
#include "tests/support/random_pipeline.hpp"

namespace weir::testing {

/// What is wrong with a run of the pipeline that went to its end by itself, as one line; empty if
/// nothing: it is complete, all balances hold, and each sink got what was expected.
std::string wrong_in(const random_pipeline& made, const run_report& report);

/// What is wrong with what came out of a run that was ended early: it should be a beginning of what
/// was expected, or where no order is promised, part of it.
std::string wrong_in_beginning(const random_pipeline& made);

}  // namespace weir::testing
