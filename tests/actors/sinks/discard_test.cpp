#include <doctest/doctest.h>

#include "tests/support/stage_harness.hpp"

namespace weir::testing {
namespace {

TEST_CASE("discard takes everything, keeps nothing and wants no column") {
  stage_harness stage("discard");
  stage.run(records("[{id: 1}, {id: 2}, {id: 3}]"));
  CHECK(stage.rejected().empty());
  CHECK(stage.configured().demand(0, {}) == column_demand());
  const auto run = stage.start();
  REQUIRE(run->open());
  auto chunk = chunk_of(records("[{id: 1}]"));
  const std::weak_ptr<const weir::chunk> seen = chunk;
  CHECK(run->give(std::move(chunk)).value() == answer::wait);
  CHECK(seen.expired());
}

}  // namespace
}  // namespace weir::testing
