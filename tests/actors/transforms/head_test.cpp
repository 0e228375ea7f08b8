#include <doctest/doctest.h>

#include "tests/support/stage_harness.hpp"

namespace weir::testing {
namespace {

TEST_CASE("head lets the first records through") {
  struct row {
    const char *name, *options, *in, *out;
  };
  const row rows[] = {
      {"fewer than there are", "{count: 2}", "[{id: 1}, {id: 2}, {id: 3}]", "[{id: 1}, {id: 2}]"},
      {"as many as there are", "{count: 3}", "[{id: 1}, {id: 2}, {id: 3}]",
       "[{id: 1}, {id: 2}, {id: 3}]"},
      {"more than there are", "{count: 4}", "[{id: 1}, {id: 2}]", "[{id: 1}, {id: 2}]"},
      {"no records", "{count: 4}", "[]", "[]"},
  };
  for (const auto& row : rows) SUBCASE(row.name) {
      stage_harness stage("head", row.options);
      CHECK(stage.run(records(row.in)) == records(row.out));
    }
}

TEST_CASE("head wants no more as soon as it has enough") {
  const stage_harness stage("head", "{count: 2}");
  const auto run = stage.start();
  REQUIRE(run->open());
  CHECK(run->give(chunk_of(records("[{id: 1}]"))).value() == answer::wait);
  CHECK(run->give(chunk_of(records("[{id: 2}, {id: 3}]"))).value() == answer::end);
  CHECK(run->sent() == records("[{id: 1}, {id: 2}]"));
}

TEST_CASE("head refuses a count below 1") {
  CHECK(option_problems("head", "{count: 1}").empty());
  CHECK(problem_text("head", "{count: 0}") ==
        "1:9: option 'count': 0 is not between 1 and 1000000000000");
}

}  // namespace
}  // namespace weir::testing
