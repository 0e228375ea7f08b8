#pragma once

#include <cstdint>
#include <string>

#include "runtime/base/clock.hpp"

namespace weir {

/// A duration in at most six characters, three digits of it: `12.3ms`, `1.24s`, `2m05s`, `3h20m`.
std::string short_duration(nanoseconds duration);

/// A count in at most five characters, three digits of it from 10,000 on: `9,999`, `12.3k`,
/// `1.24M`.
std::string short_count(std::uint64_t count);

}  // namespace weir
