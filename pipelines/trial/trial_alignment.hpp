#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

namespace weir {

/// One line of two lists that were put side by side.
struct aligned_pair {
  std::optional<std::size_t> expected;  ///< an index; none: one too many was found
  std::optional<std::size_t> found;     ///< an index; none: the expected one is missing
  bool agree = false;

  bool operator==(const aligned_pair&) const = default;
};

/// Whether the expected entry of that index and the found one are as good as the same.
using entries_agree = std::function<bool(std::size_t expected, std::size_t found)>;

/// Two lists side by side, with as many pairs that agree as their order allows. What lies between
/// such pairs is paired one by one, the rest stands alone.
///
/// Memory: four bytes for each pair of entries between where the lists part and meet again, 1 MB at
///         most; longer ones are paired one by one.
std::vector<aligned_pair> aligned(std::size_t expected, std::size_t found,
                                  const entries_agree& agree);

/// The same where only what and how often counts. `order` has the expected entries, those first
/// that ask for more, so that these are not left with what suits a less exact one as well.
std::vector<aligned_pair> aligned_in_any_order(const std::vector<std::size_t>& order,
                                               std::size_t found, const entries_agree& agree);

}  // namespace weir
