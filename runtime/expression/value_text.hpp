#pragma once

#include <string>

#include "runtime/data/column.hpp"

namespace weir {

/// The value as `string(x)` writes it: numbers that nobody computed with the text they came with,
/// timestamps by RFC 3339, durations in seconds, lists and maps as JSON; `null`. Bytes as they are.
std::string value_text(const value_view& value);

/// As CEL writes it: without a point where it is whole; `NaN`, `Infinity`, `-Infinity`.
std::string double_text(double number);

}  // namespace weir
