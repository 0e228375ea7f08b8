#pragma once

#include <string>
#include <vector>

namespace weir::testing {

// Like the loops of csv_loops.hpp, for access logs in the combined format.

/// What `combined_pattern` says, as far as it is about one line: all fields are texts.
void split_by_hand(const std::vector<std::string>& inputs, const std::string& output);

/// The same with the request taken apart, the time in UTC, numbers as such, and without what is
/// `-`: what the named format gives.
void combined_by_hand(const std::vector<std::string>& inputs, const std::string& output);

}  // namespace weir::testing
