#pragma once

#include <string>

namespace weir::testing {

/// Throws unless both NDJSON files hold the same records in the same order: the same keys with the
/// same values, doubles but for a billionth, since sums depend on their order in the last digits.
void require_same_records(const std::string& path, const std::string& other_path);

/// Throws unless both files hold the same bytes, and some.
void require_same_bytes(const std::string& path, const std::string& other_path);

}  // namespace weir::testing
