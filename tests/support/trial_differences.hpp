#pragma once

#include <functional>
#include <string>
#include <vector>

namespace weir::testing {

/// What is expected at one place, and what came.
struct trial_comparison {
  std::string what;  ///< the place, for people
  std::vector<std::string> expected;
  std::vector<std::string> got;
  bool in_order = true;  ///< false: only what and how often counts
  /// Whether one that came is the one expected.
  std::function<bool(const std::string& expected, const std::string& got)> agree =
      std::equal_to<std::string>();
};

/// How the two differ: a line that tells the first difference, then both lists, cut where they are
/// long. Empty if they do not.
std::string difference(const trial_comparison& both);

}  // namespace weir::testing
