#pragma once

#include <string>
#include <string_view>

#include "runtime/base/result.hpp"

namespace weir {

/// The failure of a system call on `path`: `'/x': no such file`, with errno's own text as detail.
/// Temporary where space, a quota or memory was used up: others may free some.
tl::unexpected<error> system_failure(std::string code, std::string_view path, int error_number);

}  // namespace weir
