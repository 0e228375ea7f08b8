#include "tests/bench/support/benchmark.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>

namespace weir::testing {

bool is_chosen(const std::vector<std::string>& arguments, std::string_view part) {
  return arguments.empty() ||
         std::find(arguments.begin(), arguments.end(), part) != arguments.end();
}

}  // namespace weir::testing

int main(int count, char** words) {
  try {
    weir::testing::run_benchmark({words + 1, words + count});
  } catch (const std::exception& e) {
    fmt::print(stderr, "{}: {}\n", std::filesystem::path(words[0]).filename().string(), e.what());
    return 1;
  }
}
