// Random graphs under schedules that a seed decides. A seed that fails is told; run it alone with
// WEIR_TEST_SEED=<seed>.

#include <doctest/doctest.h>

#include "runtime/executor/simulated_executor.hpp"
#include "tests/support/hang_limit.hpp"
#include "tests/support/random_pipeline.hpp"
#include "tests/support/test_seeds.hpp"

namespace weir {
namespace {

using namespace weir::testing;

TEST_CASE("a random graph gives the same records under any schedule") {
  for (const auto seed : test_seeds(300)) {
    const auto made = make_random_pipeline(seed);
    CAPTURE(seed);
    CAPTURE(made.text);
    const auto run = make_simulated_executor({.seed = seed})->start(made.what, {.seed = seed});
    const auto report = run->wait(machine_clock().now() + hang_limit);
    REQUIRE(report);
    CAPTURE((report->failure ? report->failure->cause.text : std::string()));
    CAPTURE((report->imbalances.empty() ? std::string() : report->imbalances.front()));
    CHECK(report->imbalances.empty());
    CHECK(report->outcome == run_outcome::complete);
  }
}

}  // namespace
}  // namespace weir
