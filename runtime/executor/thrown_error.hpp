#pragma once

#include "runtime/base/error.hpp"

namespace weir {

/// What a stage threw, as the error it stands for: `no-memory` of `std::bad_alloc`, `exception` of
/// all else. Requires: it is being handled.
error thrown_error();

}  // namespace weir
