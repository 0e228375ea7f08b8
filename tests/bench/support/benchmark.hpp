#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace weir::testing {

/// What a benchmark's program does with its arguments; each defines it. What it throws is printed
/// behind the program's name and ends it with 1.
void run_benchmark(const std::vector<std::string>& arguments);

/// Whether the arguments ask for that part of a benchmark: they name it, or none at all.
bool is_chosen(const std::vector<std::string>& arguments, std::string_view part);

}  // namespace weir::testing
