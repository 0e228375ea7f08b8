#pragma once

#include <string>
#include <vector>

#include "runtime/config/problems.hpp"
#include "runtime/stage/registry.hpp"

namespace weir {

/// The records of a file as JSON lines, read by the stage `read_file` in the format that the name
/// stands for.
///
/// Errors: a file that can't be opened, and each record in it that can't be read, is told at
///         `place`.
std::vector<std::string> read_record_file(const std::string& path, const source_place& place,
                                          const registry& known, problems& found);

}  // namespace weir
