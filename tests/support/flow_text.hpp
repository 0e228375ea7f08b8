#pragma once

#include <string_view>

#include "runtime/config/config_value.hpp"

namespace weir::testing {

/// Reads one value in YAML, as a rule in its flow form, JSON included:
/// `{by: [id], where: "a > 1", n: 3}`. Places are in no file.
///
/// Errors: throws std::invalid_argument for what can't be read: a mistake in a test.
config_value read_flow(std::string_view text);

}  // namespace weir::testing
