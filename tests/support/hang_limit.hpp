#pragma once

#include <chrono>

namespace weir::testing {

/// How long a test waits for what should happen by itself, before it is called hung.
inline constexpr std::chrono::seconds hang_limit{30};

}  // namespace weir::testing
