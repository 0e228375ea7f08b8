#pragma once

#include <cstddef>
#include <string>

#include "runtime/observe/run_report.hpp"

namespace weir {

/// The stages of a run as a table: a line a stage, records, bytes and time. Columns give way, least
/// important first, until a line takes at most `width` columns; 0: no bound.
std::string stage_table(const run_report& run, std::size_t width);

}  // namespace weir
