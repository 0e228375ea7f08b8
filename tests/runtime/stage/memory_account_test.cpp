#include "runtime/stage/memory_account.hpp"

#include <doctest/doctest.h>

namespace weir {
namespace {

TEST_CASE("an account takes from the budget what it holds and gives it back") {
  memory_budget budget(100_B);
  {
    memory_account account(budget);
    CHECK(account.hold(60_B));
    CHECK(budget.held() == 60_B);
    CHECK(account.hold(40_B));
    CHECK(budget.held() == 40_B);
    CHECK(account.held() == 40_B);
  }
  CHECK(budget.held() == 0_B);
}

TEST_CASE("growing beyond the budget is refused, and told all the same") {
  memory_budget budget(100_B);
  memory_account one(budget);
  memory_account other(budget);
  REQUIRE(one.hold(80_B));
  CHECK(other.hold(20_B));
  const auto beyond = other.hold(21_B);
  REQUIRE_FALSE(beyond);
  CHECK(beyond.error().code == "memory-exceeded");
  CHECK(beyond.error().text ==
        "the stage holds 21B and the pipeline 101B, more than 'memory: 100B' allows");
  CHECK(other.held() == 21_B);
  CHECK(budget.held() == 101_B);
}

TEST_CASE("who shrinks is not refused, though the others still hold too much") {
  memory_budget budget(100_B);
  memory_account one(budget);
  memory_account other(budget);
  REQUIRE_FALSE(one.hold(200_B));
  REQUIRE_FALSE(other.hold(10_B));
  CHECK(other.hold(5_B));
  CHECK(one.hold(95_B));
}

}  // namespace
}  // namespace weir
