#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/base/result.hpp"

namespace weir {

/// RFC 3339 in UTC with as many decimals of a second as are needed (none, 3, 6 or 9).
std::string timestamp_text(std::int64_t nanoseconds);
/// The same, written to `to`; answers its end.
/// Requires: there is room for `timestamp_text_max` bytes.
char* write_timestamp(char* to, std::int64_t nanoseconds);
inline constexpr std::size_t timestamp_text_max = 30;

/// CEL's form, seconds with as many decimals as are needed: `1.5s`, `-0.25s`, `3600s`.
std::string duration_text(std::int64_t nanoseconds);

/// Nanoseconds since 1970 of an RFC 3339 text with any offset. Decimals beyond the ninth are cut
/// off; a space may stand for the `T`.
///
/// Errors: `not-a-timestamp`, also for what lies outside of the years 1677 to 2262.
result<std::int64_t> parse_timestamp(std::string_view text);

}  // namespace weir
