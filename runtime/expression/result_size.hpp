#pragma once

#include <fmt/format.h>

#include <cstddef>
#include <string>
#include <string_view>

namespace weir {

/// The longest text or list that a function makes of short ones: no record could hold a longer one.
constexpr std::size_t result_bytes_max = 16 * 1024 * 1024;

/// `the result of 'replace' is longer than 16 MiB`.
inline std::string too_long(std::string_view function) {
  return fmt::format("the result of '{}' is longer than 16 MiB", function);
}

}  // namespace weir
