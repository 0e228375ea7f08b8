#include "tests/fuzz/fuzz_input.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace weir::testing {
namespace {

// The line at the front of `text`, which loses it and its line end.
std::string_view cut_line(std::string_view& text) {
  const auto end = std::min(text.find('\n'), text.size());
  const auto line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

}  // namespace

void require_same(std::string_view found, std::string_view expected, std::string_view what) {
  require(found == expected, fmt::format("{}: found\n{}\nexpected\n{}", what, found, expected));
}

void require_same(const std::vector<std::string>& found, const std::vector<std::string>& expected,
                  std::string_view what) {
  const auto count = std::min(found.size(), expected.size());
  for (std::size_t i = 0; i < count; ++i)
    require_same(found[i], expected[i], fmt::format("{} {}", what, i));
  require(found.size() == expected.size(),
          fmt::format("{}: found {}, expected {}", what, found.size(), expected.size()));
}

fuzz_input::fuzz_input(std::string_view bytes) : text_(bytes) { choices_ = cut_line(text_); }

std::uint32_t fuzz_input::choose(std::uint32_t count) {
  if (choices_.empty()) return 0;
  const auto byte = static_cast<unsigned char>(choices_.front());
  choices_.remove_prefix(1);
  if (byte >= '0' && byte <= '9') return (byte - std::uint32_t{'0'}) % count;
  if (byte >= 'a' && byte <= 'z') return (byte - std::uint32_t{'a'} + 10) % count;
  return byte % count;
}

std::string_view fuzz_input::take_line() { return cut_line(text_); }

}  // namespace weir::testing
