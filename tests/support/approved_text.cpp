#include "tests/support/approved_text.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "runtime/base/text.hpp"

namespace weir::testing {
namespace {

std::string text_of(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

}  // namespace

void check_approved(std::string_view name, std::string_view actual) {
  const auto path = std::filesystem::path(WEIR_SOURCE_DIR) / "tests" / name;
  if (std::getenv("WEIR_APPROVE") != nullptr) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << actual;
    MESSAGE("written: ", path.string());
    return;
  }
  const std::string approved = text_of(path);
  if (approved == actual) return;
  const auto want = split(approved, '\n');
  const auto have = split(actual, '\n');
  std::size_t at = 0;
  while (at < want.size() && at < have.size() && want[at] == have[at]) ++at;
  const auto line = [at](const auto& lines) {
    return at < lines.size() ? std::string(lines[at]) : std::string("(the end)");
  };
  FAIL_CHECK(path.string(), ":", at + 1, " differs\n  approved: ", line(want),
             "\n  actual:   ", line(have), "\n--- all of it:\n", std::string(actual));
}

}  // namespace weir::testing
