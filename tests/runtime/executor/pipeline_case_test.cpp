// How cases of random graphs are told, run again and made smaller.

#include "tests/support/pipeline_case.hpp"

#include <doctest/doctest.h>

namespace weir {
namespace {

using namespace weir::testing;

TEST_CASE("a case is named by a text") {
  const pipeline_case cases[] = {
      {},
      {.seed = UINT64_MAX, .schedule = 3, .fails = true},
      {.seed = 5,
       .schedule = 7,
       .cuts = {.without = {3, 12}, .plain = {0}, .sound = {1, 2, 100}, .records_most = 0}},
  };
  for (const auto& one : cases) CHECK(pipeline_case::read(one.text()) == one);
  CHECK(cases[2].text() == "seed=5 schedule=7 without=3,12 plain=0 sound=1,2,100 records=0");
  for (const char* text : {"", "seed=", "seed=5 schedule=x", "sed=5", "seed=5 without=1,,2"}) {
    CAPTURE(text);
    CHECK_FALSE(pipeline_case::read(text));
  }
}

TEST_CASE("parts that are left out leave the others as they are") {
  const auto whole = make_cut_pipeline(11, false, {});
  REQUIRE(whole.parts.size() > 4);
  for (const auto part : whole.parts) {
    const auto cut = make_cut_pipeline(11, false, {.without = {part}});
    CHECK(cut.what.stages.size() <= whole.what.stages.size());
    CHECK(run_case({.seed = 11, .schedule = 1, .cuts = {.without = {part}}}).wrong == "");
    CHECK(run_case({.seed = 11, .schedule = 1, .cuts = {.plain = {part}}}).wrong == "");
  }
  const auto few = make_cut_pipeline(11, false, {.records_most = 2});
  for (const auto& sink : few.sinks) CHECK(sink.expected.size() <= 64);
}

TEST_CASE("what is needed for something to be wrong is left, and little else") {
  // As if it were wrong that a case has records and one of its transforms has several workers.
  const auto run = [](const pipeline_case& of) {
    const auto made = make_cut_pipeline(of.seed, of.fails, of.cuts);
    pipeline_run told{.pipeline = made.text, .stages = made.what.stages.size()};
    const bool has_workers = made.text.find("workers ") != std::string::npos;
    if (has_workers && of.cuts.records_most > 4) told.wrong = "workers";
    return told;
  };
  std::size_t found = 0;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    if (run({.seed = seed}).wrong.empty()) continue;
    ++found;
    const auto small = shrink({.seed = seed}, run);
    CHECK(small.run.wrong == "workers");
    CHECK(small.what.cuts.records_most < 10);
    CHECK(small.run.stages <= 4);
    CHECK(small.text().find("WEIR_TEST_CASE='seed=") != std::string::npos);
  }
  CHECK(found > 5);
  CHECK(shrink({.seed = 0}, [](const pipeline_case&) { return pipeline_run{}; }).tries == 0);
}

}  // namespace
}  // namespace weir
