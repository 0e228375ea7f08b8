// Stages that fail by chance, of which it is known exactly what becomes. A seed that fails is told;
// run it alone with WEIR_TEST_SEED=<seed>.

#include "tests/support/random_recovery.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <map>
#include <string>

#include "tests/support/test_seeds.hpp"

namespace weir {
namespace {

using namespace weir::testing;

// How many runs there were of each sort, for a long run to be read for.
using run_table = std::map<std::string, std::size_t>;

void tell_table(const std::string& executor, const run_table& table) {
  for (const auto& [sort, runs] : table)
    tell_soaked(fmt::format("{:<18} {:<46} {:>7} runs", executor, sort, runs));
}

TEST_CASE("a stage that fails is led back as its policy says, under any schedule") {
  std::uint64_t steps = 0;
  run_table table;
  const auto seeds = test_seeds(2'000);
  for (const auto seed : seeds) {
    const auto run = simulate_recovery(seed);
    steps += run.steps;
    ++table[run.sort];
    CAPTURE(seed);
    CAPTURE(run.about);
    CHECK(run.wrong == "");
  }
  tell_table("simulated", table);
  tell_soaked(fmt::format("{} failing stages, {} steps", seeds.size(), steps));
}

TEST_CASE("a stage that fails is led back as its policy says, by each executor") {
  for (const auto& by : all_executors()) {
    run_table table;
    for (const auto seed : test_seeds(100)) {
      const auto run = run_recovery(seed, by);
      ++table[run.sort];
      CAPTURE(by.name);
      CAPTURE(seed);
      CAPTURE(run.about);
      CHECK(run.wrong == "");
    }
    tell_table(by.name, table);
  }
}

}  // namespace
}  // namespace weir
