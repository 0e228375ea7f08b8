#pragma once

#include <string>
#include <string_view>

#include "runtime/data/known_columns.hpp"

namespace weir {

/// `unknown column 'statsu'; did you mean 'status'?`, or with the columns there are where these are
/// few.
std::string unknown_column(std::string_view name, const known_columns& columns);

}  // namespace weir
