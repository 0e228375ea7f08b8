#include <doctest/doctest.h>

#include "tests/support/stage_harness.hpp"

namespace weir::testing {
namespace {

using std::chrono::milliseconds;

record_list numbered(int from, int count) {
  record_list list;
  for (int i = from; i < from + count; ++i)
    list.push_back(records("[{id: " + std::to_string(i) + "}]").front());
  return list;
}

std::vector<std::uint32_t> sizes(const stage_run& run) {
  std::vector<std::uint32_t> sizes;
  for (const auto& c : run.out().port(0).chunks) sizes.push_back(c->size());
  return sizes;
}

using sizes_t = std::vector<std::uint32_t>;

TEST_CASE("rechunk changes no record") {
  for (const char* options :
       {"{records: 1}", "{records: 3}", "{bytes: 1KiB}", "{linger: 0s}", "{}"})
    SUBCASE(options) {
      stage_harness stage("rechunk", options);
      CHECK(stage.run(numbered(1, 20)) == numbered(1, 20));
    }
}

TEST_CASE("rechunk makes chunks of so many records") {
  const stage_harness stage("rechunk", "{records: 4}");
  const auto run = stage.start();
  REQUIRE(run->open());
  REQUIRE(run->give(chunk_of(numbered(1, 3))));
  CHECK(sizes(*run).empty());
  REQUIRE(run->give(chunk_of(numbered(4, 10))));
  CHECK(sizes(*run) == sizes_t{4, 4, 4});
  REQUIRE(run->finish());
  CHECK(sizes(*run) == sizes_t{4, 4, 4, 1});
  CHECK(run->sent() == numbered(1, 13));
}

TEST_CASE("rechunk lets nobody wait longer than linger") {
  const stage_harness stage("rechunk", "{records: 4, linger: 250ms}");
  const auto run = stage.start();
  REQUIRE(run->open());
  REQUIRE(run->give(chunk_of(numbered(1, 1))));
  REQUIRE(run->advance(milliseconds(200)));
  REQUIRE(run->give(chunk_of(numbered(2, 1))));
  REQUIRE(run->advance(milliseconds(49)));
  CHECK(sizes(*run).empty());
  REQUIRE(run->advance(milliseconds(1)));
  CHECK(sizes(*run) == sizes_t{2});
  REQUIRE(run->advance(milliseconds(1000)));
  REQUIRE(run->give(chunk_of(numbered(3, 1))));
  CHECK(sizes(*run) == sizes_t{2});
  REQUIRE(run->advance(milliseconds(250)));
  CHECK(sizes(*run) == sizes_t{2, 1});
}

TEST_CASE("rechunk cuts and joins by bytes") {
  const stage_harness stage("rechunk", "{bytes: 4KiB}");
  const auto whole = chunk_of(numbered(1, 1000));
  const auto run = stage.start();
  REQUIRE(run->open());
  REQUIRE(run->give(whole));
  REQUIRE(run->finish());
  const auto made = sizes(*run);
  REQUIRE(made.size() > 2);
  // Each record weighs an equal share of its chunk.
  CHECK(made.front() == 4096 / (whole->bytes().bytes / 1000));
  CHECK(run->sent() == numbered(1, 1000));
}

TEST_CASE("rechunk tells what it holds and gives it back") {
  const stage_harness stage("rechunk", "{records: 10}");
  const auto run = stage.start();
  REQUIRE(run->open());
  REQUIRE(run->give(chunk_of(numbered(1, 5))));
  CHECK(run->in().held().bytes > 0);
  REQUIRE(run->give(chunk_of(numbered(6, 5))));
  CHECK(run->in().held().bytes == 0);
}

TEST_CASE("rechunk fails when what it holds is more than the pipeline may") {
  const stage_harness stage("rechunk", "{records: 1000}");
  run_setup setup;
  setup.memory = 100_B;
  const auto run = stage.start(std::move(setup));
  REQUIRE(run->open());
  const auto said = run->give(chunk_of(numbered(1, 50)));
  REQUIRE_FALSE(said);
  CHECK(said.error().code == "memory-exceeded");
}

TEST_CASE("rechunk passes no mark before the records that came first") {
  const stage_harness stage("rechunk", "{records: 10, linger: 1s}");
  const auto run = stage.start();
  REQUIRE(run->open());
  REQUIRE(run->give(mark{mark::kind::flush}));
  CHECK(run->out().port(0).marks.size() == 1);
  REQUIRE(run->give(chunk_of(numbered(1, 1))));
  REQUIRE(run->give(mark{mark::kind::flush}));
  CHECK(run->out().port(0).marks.size() == 1);
  REQUIRE(run->advance(std::chrono::seconds(1)));
  CHECK(sizes(*run) == sizes_t{1});
  CHECK(run->out().port(0).marks.size() == 2);
}

TEST_CASE("rechunk with room for one chunk goes on when there is room again") {
  const stage_harness stage("rechunk", "{records: 1}");
  run_setup setup;
  setup.tight = true;
  const auto run = stage.start(std::move(setup));
  REQUIRE(run->open());
  REQUIRE(run->give(chunk_of(numbered(1, 5))));
  CHECK(sizes(*run) == sizes_t{1, 1, 1, 1, 1});
}

TEST_CASE("rechunk tells how much it holds back") {
  CHECK(stage_harness("rechunk", "{records: 7}").configured().hold().what ==
        hold_bound::kind::records);
  CHECK(stage_harness("rechunk", "{records: 7}").configured().hold().count == 7);
  CHECK(stage_harness("rechunk", "{bytes: 1KiB}").configured().hold().what ==
        hold_bound::kind::chunks);
  CHECK(stage_harness("rechunk", "{bytes: 1KiB}").configured().hold().count == 5);
}

TEST_CASE("rechunk refuses bounds without sense") {
  CHECK(option_problems("rechunk", "{records: 1, bytes: 1KiB, linger: 0s}").empty());
  CHECK(option_problems("rechunk", "{records: 0}").size() == 1);
  CHECK(option_problems("rechunk", "{bytes: 1B}").size() == 1);
  CHECK(option_problems("rechunk", "{linger: -1s}").size() == 1);
  CHECK(option_problems("rechunk", "{linger: 5}").size() == 1);
}

}  // namespace
}  // namespace weir::testing
