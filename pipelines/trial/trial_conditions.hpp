#pragma once

#include <string>
#include <vector>

#include "pipelines/spec/test_records.hpp"
#include "pipelines/trial/trial_stages.hpp"

namespace weir {

/// Appends what does not hold of the conditions that `expected` has for the records that came, a
/// text with several lines for each. `what` is the place, for people. In no order: records are told
/// without their numbers, and in one order whatever they came in.
void add_unmet_conditions(const std::string& what, const test_records& expected,
                          const captured_records& got, bool in_order, std::vector<std::string>& to);

}  // namespace weir
