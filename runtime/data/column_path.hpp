#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/result.hpp"

namespace weir {

/// The way to a value in a record: the column, then keys of nested maps.
struct column_path {
  std::vector<std::string> steps;  ///< at least one

  const std::string& column() const { return steps.front(); }
  bool operator==(const column_path&) const = default;
};

/// Reads `status`, `request.path`, or with odd names in backticks `` `user agent`.`a.b` ``.
///
/// Errors: `not-a-column`.
result<column_path> parse_column_path(std::string_view text);

/// The text that reads back as `path`, with backticks only where they are needed.
std::string to_text(const column_path& path);

}  // namespace weir
