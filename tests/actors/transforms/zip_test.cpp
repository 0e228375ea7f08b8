#include <doctest/doctest.h>

#include "tests/support/stage_harness.hpp"

namespace weir::testing {
namespace {

TEST_CASE("zip makes one record of those in the same place") {
  struct row {
    const char *name, *options, *left, *right, *out;
  };
  const row rows[] = {
      {"columns stand side by side", "{}", "[{a: 1}, {a: 2}]", "[{b: x}, {b: y}]",
       "[{a: 1, b: x}, {a: 2, b: y}]"},
      {"the same value is no conflict", "{}", "[{id: 1, a: 1}]", "[{id: 1.0, b: 2}]",
       "[{id: 1, a: 1, b: 2}]"},
      {"the value of the one that has it", "{}", "[{x: 1}, {y: 2}]", "[{y: 3}, {x: 4}]",
       "[{x: 1, y: 3}, {x: 4, y: 2}]"},
      {"in conflict the first counts", "{on_conflict: first}", "[{x: 1}, {x: 2}]",
       "[{x: 3}, {x: null}]", "[{x: 1}, {x: 2}]"},
      {"in conflict the last counts", "{on_conflict: last}", "[{x: 1}, {x: 2}]",
       "[{x: 3}, {x: null}]", "[{x: 3}, {x: 2}]"},
      {"values of different types", "{on_conflict: last}", "[{x: 1}, {x: 2}]", "[{x: a}, {x: [1]}]",
       "[{x: a}, {x: [1]}]"},
      {"records without columns", "{}", "[{}, {}]", "[{a: 1}, {}]", "[{a: 1}, {}]"},
      {"no records", "{}", "[]", "[]", "[]"},
  };
  for (const auto& row : rows) SUBCASE(row.name) {
      stage_harness stage("zip", row.options, 2);
      CHECK(stage.run_inputs({records(row.left), records(row.right)}) == records(row.out));
      CHECK(stage.rejected().empty());
    }
}

TEST_CASE("zip rejects the records of a pair in conflict and goes on behind it") {
  stage_harness stage("zip", "{}", 2);
  CHECK(stage.run_inputs({records("[{x: 1, z: 1}, {x: 2}, {x: 3}]"),
                          records("[{x: 9, z: 9}, {x: 2}, {x: 3}]")}) ==
        records("[{x: 2}, {x: 3}]"));
  REQUIRE(stage.rejected().size() == 2);
  for (const auto& refused : stage.rejected()) {
    CHECK(refused.code == "column-conflict");
    CHECK(refused.reason ==
          "the inputs have different values in column 'x'; rename one of them above, or set "
          "'on_conflict'");
    CHECK(refused.line == 1);
  }
}

TEST_CASE("zip rejects the records that have no partner") {
  for (const bool left_is_short : {true, false}) {
    stage_harness stage("zip", "{}", 2);
    const auto short_one = records("[{a: 1}]");
    const auto long_one = records("[{b: 1}, {b: 2}, {b: 3}]");
    CHECK(stage.run_inputs({left_is_short ? short_one : long_one,
                            left_is_short ? long_one : short_one}) == records("[{a: 1, b: 1}]"));
    REQUIRE(stage.rejected().size() == 2);
    CHECK(stage.rejected()[0].code == "no-partner");
    CHECK(stage.rejected()[0].record == records("[{b: 2}]").front());
    CHECK(stage.rejected()[1].record == records("[{b: 3}]").front());
  }
}

TEST_CASE("zip pairs any number of inputs") {
  stage_harness stage("zip", "{}", 3);
  CHECK(stage.configured().inputs() == std::vector<std::string>{"0", "1", "2"});
  CHECK(stage.run_inputs({records("[{a: 1}, {a: 2}, {a: 3}]"), records("[{b: 1}, {b: 2}]"),
                          records("[{c: 1}, {c: 2}, {c: 3}]")}) ==
        records("[{a: 1, b: 1, c: 1}, {a: 2, b: 2, c: 2}]"));
  CHECK(stage.rejected().size() == 2);
}

TEST_CASE("zip asks for the input that has nothing waiting") {
  const stage_harness stage("zip", "{}", 2);
  const auto run = stage.start();
  REQUIRE(run->open());
  CHECK(run->next_input() == 0);
  REQUIRE(run->give(chunk_of(records("[{a: 1}, {a: 2}]")), 0));
  CHECK(run->next_input() == 1);
  CHECK(run->in().held().bytes > 0);
  REQUIRE(run->give(chunk_of(records("[{b: 1}]")), 1));
  CHECK(run->next_input() == 1);
  REQUIRE(run->give(chunk_of(records("[{b: 2}, {b: 3}]")), 1));
  CHECK(run->next_input() == 0);
  REQUIRE(run->finish(0));
  CHECK(run->next_input() == 1);
  CHECK(run->in().held().bytes == 0);
  CHECK(run->out().rejected().size() == 1);
}

TEST_CASE("zip keeps the declared type of a column that its inputs agree on") {
  stage_harness stage("zip", "{}", 2);
  stage.declare({{"n", column_type::int64}});
  CHECK(stage.run_inputs({records("[{n: 1, a: 1}]"), records("[{n: 1, b: 2}]")}) ==
        records("[{n: 1, a: 1, b: 2}]"));
}

}  // namespace
}  // namespace weir::testing
