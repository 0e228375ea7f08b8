#include "runtime/flow/input_turn.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace weir {
namespace {

TEST_CASE("inputs take turns, those that have nothing are passed over") {
  struct row {
    const char* name;
    std::vector<std::string> has;  ///< a look each: `x` for an input that has something
    std::vector<int> taken;        ///< -1: none
  };
  const row rows[] = {
      {"all have", {"xxx", "xxx", "xxx", "xxx"}, {0, 1, 2, 0}},
      {"one alone", {".x.", ".x.", ".x."}, {1, 1, 1}},
      {"none", {"...", "..."}, {-1, -1}},
      {"a look that finds none changes nothing", {"x..", "...", "xxx"}, {0, -1, 1}},
      {"two of three", {"x.x", "x.x", "x.x"}, {0, 2, 0}},
      {"no inputs", {""}, {-1}},
  };
  for (const auto& row : rows) {
    SUBCASE(row.name) {
      input_turn turn;
      std::vector<int> taken;
      for (const auto& look : row.has) {
        const auto next = turn.next(static_cast<std::uint32_t>(look.size()),
                                    [&](std::uint32_t at) { return look[at] == 'x'; });
        taken.push_back(next ? static_cast<int>(*next) : -1);
      }
      CHECK(taken == row.taken);
    }
  }
}

TEST_CASE("an input that has something waits at most for one chunk of each other") {
  constexpr std::uint32_t inputs = 5;
  // Every way in which inputs may have something, look after look, from each state of the turn.
  for (std::uint32_t ready = 1; ready < (1U << inputs); ++ready)
    for (std::uint32_t start = 0; start < inputs; ++start) {
      input_turn turn;
      turn.next(inputs, [&](std::uint32_t at) { return at == start; });
      std::vector<int> taken(inputs, 0);
      for (std::uint32_t look = 0; look < inputs; ++look)
        ++taken[*turn.next(inputs, [&](std::uint32_t at) { return (ready >> at & 1U) != 0; })];
      for (std::uint32_t at = 0; at < inputs; ++at)
        CHECK((taken[at] > 0) == ((ready >> at & 1U) != 0));
    }
}

}  // namespace
}  // namespace weir
