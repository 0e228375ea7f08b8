#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// What is expected at one place, and what was found.
struct trial_comparison {
  std::string what;  ///< the place, for people
  std::vector<std::string> expected;
  std::vector<std::string> found;
  bool in_order = true;  ///< false: only what and how often counts
  /// Whether a found one is the one expected; by default where their texts are the same.
  std::function<bool(const std::string& expected, const std::string& found)> agree = nullptr;
  /// How a found one is shown beside the expected one: by default as it is.
  std::function<std::string(const std::string& expected, const std::string& found)> shown = nullptr;
  /// Whether an expected text stands for all of a record, so that its first character that differs
  /// can be marked.
  bool marks = true;
};

/// How the two differ: a line that tells the first difference, then both lists as one, `-` before
/// what is missing and `+` before what came instead, cut where they are long. Empty if they agree.
///
///     'filter': record 2 differs (- expected, + found)
///         1   {"n":1}
///         2 - {"n":2,"s":"a"}
///         2 + {"n":2,"s":"b"}
///                        ^ 's'
std::string difference(trial_comparison both);

/// A record as a part of a line for people: cut where it is long.
std::string shown_record(std::string_view text);

}  // namespace weir
