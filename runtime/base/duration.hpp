#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "runtime/base/result.hpp"

namespace weir {

/// Reads `250ms`, `10s`, `1.5h`, `1m30s`, `-2s`: numbers with the units `ns us ms s m h d`.
///
/// Errors: `not-a-duration` for anything else; a bare number has no unit and is refused with
/// advice; more than 292 years do not fit.
result<std::chrono::nanoseconds> parse_duration(std::string_view text);

/// The text people write: `0s`, `250ms`, `1.5s`, `1m30s`, `2h`; reads back as the same duration.
std::string to_text(std::chrono::nanoseconds duration);

}  // namespace weir
