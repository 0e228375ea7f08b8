#pragma once

#include <span>
#include <string>
#include <vector>

#include "runtime/base/result.hpp"

namespace weir {

/// The files that `patterns` name, in their order: a pattern with `* ? [` stands for the files that
/// match it, by name; folders, and names that begin with a dot, match only where they are written
/// out. A path is taken as it is, whether there is such a file or not; `-` is standard input.
///
/// Errors: `no-match` for a pattern that no file matches; folders that can not be read match
/// nothing.
result<std::vector<std::string>> expand_paths(std::span<const std::string> patterns);

}  // namespace weir
