#pragma once

#include <span>

namespace weir {

/// The whole program: reads the command line, without the program's name, does what it says, and
/// answers with the exit code.
int launch(std::span<const char* const> arguments);

}  // namespace weir
