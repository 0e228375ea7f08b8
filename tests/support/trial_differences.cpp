#include "tests/support/trial_differences.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <optional>

namespace weir::testing {
namespace {

constexpr std::size_t lines_shown_max = 50;

std::string list_text(const char* title, const std::vector<std::string>& lines) {
  std::string text = fmt::format("\n  {}:", title);
  if (lines.empty()) return text + " nothing";
  for (std::size_t i = 0; i < lines.size() && i < lines_shown_max; ++i) text += "\n    " + lines[i];
  if (lines.size() > lines_shown_max)
    text += fmt::format("\n    and {} more", lines.size() - lines_shown_max);
  return text;
}

std::optional<std::string> first_difference(const trial_comparison& both) {
  const auto& expected = both.expected;
  const auto& got = both.got;
  const std::size_t least = std::min(expected.size(), got.size());
  for (std::size_t i = 0; i < least; ++i)
    if (!both.agree(expected[i], got[i]))
      return fmt::format("record {} is {}, expected {}", i + 1, got[i], expected[i]);
  if (expected.size() > least)
    return fmt::format("record {} is missing: {}", least + 1, expected[least]);
  if (got.size() > least)
    return fmt::format("record {} is one too many: {}", least + 1, got[least]);
  return std::nullopt;
}

// Each record that came is given to one that agrees with it; those that ask for more go first, so
// that they are not left with what suits a less exact one as well.
std::optional<std::string> first_without_partner(const trial_comparison& both) {
  std::vector<std::size_t> order(both.expected.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return both.expected[a].size() > both.expected[b].size();
  });
  std::vector<bool> taken(both.got.size());
  for (const auto number : order) {
    std::size_t at = 0;
    while (at < taken.size() && (taken[at] || !both.agree(both.expected[number], both.got[at])))
      ++at;
    if (at == taken.size()) return fmt::format("a record is missing: {}", both.expected[number]);
    taken[at] = true;
  }
  const auto left = std::find(taken.begin(), taken.end(), false);
  if (left == taken.end()) return std::nullopt;
  return fmt::format("a record is one too many: {}",
                     both.got[static_cast<std::size_t>(left - taken.begin())]);
}

}  // namespace

std::string difference(const trial_comparison& both) {
  const auto found = both.in_order ? first_difference(both) : first_without_partner(both);
  if (!found) return "";
  return fmt::format(
      "{}: {}{}{}", both.what, *found,
      list_text(both.in_order ? "expected" : "expected, in any order", both.expected),
      list_text("got", both.got));
}

}  // namespace weir::testing
