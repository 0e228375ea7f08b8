#include "pipelines/trial/trial_alignment.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <string>

namespace weir::testing {
namespace {

// `=` for a pair that agrees, `~` for one that does not, `-` and `+` for what stands alone.
std::string drawn(const std::vector<aligned_pair>& pairs) {
  std::string out;
  for (const auto& p : pairs) out += p.agree ? '=' : !p.found ? '-' : !p.expected ? '+' : '~';
  return out;
}

std::string alignment(const std::string& expected, const std::string& found) {
  return drawn(aligned(expected.size(), found.size(),
                       [&](std::size_t e, std::size_t f) { return expected[e] == found[f]; }));
}

// The length of the longest common subsequence, by trying.
std::size_t longest_common(std::string_view a, std::string_view b) {
  if (a.empty() || b.empty()) return 0;
  if (a.front() == b.front()) return 1 + longest_common(a.substr(1), b.substr(1));
  return std::max(longest_common(a.substr(1), b), longest_common(a, b.substr(1)));
}

}  // namespace

TEST_CASE("lists are put side by side") {
  struct row {
    const char *expected, *found, *drawn;
  };
  const row rows[] = {
      {"", "", ""},
      {"abc", "abc", "==="},
      {"abc", "axc", "=~="},
      {"abc", "bc", "-=="},
      {"bc", "abc", "+=="},
      {"abc", "", "---"},
      {"", "ab", "++"},
      {"abcd", "abd", "==-="},
      {"abc", "abcabc", "===+++"},
      {"abxc", "aybc", "=+=-="},
      {"ab", "xyz", "~~+"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.expected);
    CAPTURE(row.found);
    CHECK(alignment(row.expected, row.found) == row.drawn);
  }
}

TEST_CASE("an alignment has every entry once, in order, and as many that agree as can be") {
  CHECK(rc::check("any two lists", [] {
    const auto letters = rc::gen::container<std::string>(rc::gen::inRange('a', 'd'));
    const auto expected = (*letters).substr(0, 10), found = (*letters).substr(0, 10);
    const auto pairs = aligned(expected.size(), found.size(), [&](std::size_t e, std::size_t f) {
      return expected[e] == found[f];
    });
    std::string seen_expected, seen_found;
    for (const auto& p : pairs) {
      if (p.expected) seen_expected += expected[*p.expected];
      if (p.found) seen_found += found[*p.found];
      if (p.agree) RC_ASSERT(expected[*p.expected] == found[*p.found]);
    }
    RC_ASSERT(seen_expected == expected);
    RC_ASSERT(seen_found == found);
    const auto agreeing =
        std::count_if(pairs.begin(), pairs.end(), [](auto& p) { return p.agree; });
    RC_ASSERT(static_cast<std::size_t>(agreeing) == longest_common(expected, found));
  }));
}

TEST_CASE("long lists are paired one by one between where they part and meet again") {
  const std::size_t count = 5'000;
  const auto shifted = aligned(count, count, [](std::size_t e, std::size_t f) {
    return e == f ? e < 3 || e >= 4'990 : e + 1 == f;
  });
  REQUIRE(shifted.size() == count);
  CHECK(drawn(shifted) == "===" + std::string(4'987, '~') + std::string(10, '='));
}

TEST_CASE("in any order each found entry is taken by one that is expected") {
  const std::string expected = "aab", found = "bca";
  const auto pairs = aligned_in_any_order(
      {0, 1, 2}, 3, [&](std::size_t e, std::size_t f) { return expected[e] == found[f]; });
  const std::vector<aligned_pair> wanted{{0, 2, true}, {2, 0, true}, {1, 1, false}};
  CHECK(pairs == wanted);
}

}  // namespace weir::testing
