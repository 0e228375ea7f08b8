// Stages that fail by chance, of which it is known exactly what becomes. A seed that fails is told;
// run it alone with WEIR_TEST_SEED=<seed>.

#include "tests/support/random_recovery.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/support/test_seeds.hpp"

namespace weir {
namespace {

using namespace weir::testing;

TEST_CASE("a stage that fails is led back as its policy says, under any schedule") {
  std::uint64_t steps = 0;
  const auto seeds = test_seeds(2'000);
  for (const auto seed : seeds) {
    const auto run = run_recovery(seed);
    steps += run.steps;
    CAPTURE(seed);
    CAPTURE(run.about);
    CHECK(run.wrong == "");
  }
  tell_soaked(fmt::format("{} failing stages, {} steps", seeds.size(), steps));
}

}  // namespace
}  // namespace weir
