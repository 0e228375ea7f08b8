#pragma once

#include "runtime/stage/registry.hpp"

namespace weir::testing {

/// The stages of `actors/`, and a `join` with two named inputs, which none of them has.
const registry& known_stages();

}  // namespace weir::testing
