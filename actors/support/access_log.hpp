#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "actors/support/column_generator.hpp"
#include "runtime/data/schema.hpp"

namespace weir {

/// The columns of an invented access log of web servers, in order: `ts host method path status
/// bytes duration_ms user_agent`.
const std::vector<field>& access_log_fields();

/// The generators of those columns. Few hosts and paths get most requests, most answers are 200,
/// answers from 500 on are about ten times slower than others.
std::vector<std::unique_ptr<column_generator>> access_log_generators(std::uint64_t seed);

}  // namespace weir
