#include "runtime/observe/stall_report.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>

#include "tests/runtime/observe/sample_stall.hpp"

namespace weir::testing {
namespace {

TEST_CASE("a stall is told a line a stage: what it waits for, what is there, and for how long") {
  CHECK(stall_lines(stalled_diamond()) ==
        std::vector<std::string>{
            "the fork of 'in.out' waits for room on in.out -> pair (full: 4 of 4 chunks), for "
            "1.25s",
            "'pair' with 'out' waits for input from hold.out -> pair (empty), for 1.3s",
            "'hold' waits for input from in.out -> hold (empty), for 2s",
            "'in' waits for room on in.out -> in.out.fork (full: 2MiB of 2MiB in 2 chunks), for "
            "1.249s"});
}

TEST_CASE("a stage that waits on several edges is told with all of them, or with some of many") {
  stall_report report;
  report.stages.push_back({.name = "a", .waited = nanoseconds(500)});
  for (int i = 0; i < 3; ++i)
    report.edges.push_back({fmt::format("w{}.out", i), "a", {}, 0, {}, {}});
  stalled_stage& a = report.stages[0];
  CHECK(stall_lines(report) == std::vector<std::string>{"'a' waits and names no edge, for 500ns"});
  a.edges = {0, 1};
  CHECK(stall_lines(report) ==
        std::vector<std::string>{"'a' waits for input from w0.out -> a (empty) and w1.out -> a "
                                 "(empty), for 500ns"});
  a.any = true;
  a.edges = {0, 1, 2, 0, 1, 2};
  CHECK(stall_lines(report) ==
        std::vector<std::string>{
            "'a' waits for input from w0.out -> a (empty) or w1.out -> a (empty) or w2.out -> a "
            "(empty) or w0.out -> a (empty) or 2 more, for 500ns"});
}

TEST_CASE("of many stalled stages those of the cycle are told and some of the others") {
  stall_report report = stalled_diamond();
  while (report.stages.size() < 20) report.stages.push_back(report.stages.back());
  CHECK(stall_lines(report).size() == 20);
  report.stages.push_back(report.stages.back());
  report.stages.push_back(report.stages.back());
  auto lines = stall_lines(report);
  CHECK(lines.size() == 21);
  CHECK(lines.back() == "and 2 more that wait for these");
  for (auto& stage : report.stages) stage.in_cycle = true;
  lines = stall_lines(report);
  CHECK(lines.size() == 22);
  CHECK(lines.back() == lines[20]);
}

TEST_CASE("a stage is called by what its user knows") {
  struct row {
    stalled_stage stage;
    const char* text;
  };
  const row rows[] = {
      {{.name = "zip"}, "'zip'"},
      {{.name = "a.out", .part = "fork"}, "the fork of 'a.out'"},
      {{.name = "parse", .worker = 2}, "worker 2 of 'parse'"},
      {{.name = "a", .runs_with = {"b", "c"}}, "'a' with 'b', 'c'"},
      {{.name = "a", .worker = 1, .runs_with = {"b"}}, "worker 1 of 'a' with 'b'"},
      {{.name = "a\nb"}, "'a\\nb'"},
  };
  for (const auto& row : rows) CHECK(name_of(row.stage) == row.text);
}

TEST_CASE("what is on an edge is told by what keeps more from it") {
  struct row {
    edge_count queued;
    credit_limits credit;
    const char* text;
  };
  const row rows[] = {
      {{0, 0}, {8, 1_MiB}, "empty"},
      {{3, 100}, {8, 1_MiB}, "3 of 8 chunks"},
      {{8, 100}, {8, 1_MiB}, "full: 8 of 8 chunks"},
      {{1, 100}, {1, 1_MiB}, "full: 1 of 1 chunk"},
      {{9, 2'097'152}, {8, 1_MiB}, "full: 9 of 8 chunks"},
      {{1, 1'048'576}, {8, 1_MiB}, "full: 1MiB of 1MiB in 1 chunk"},
      {{2, 1'572'864}, {8, 1_MiB}, "full: 1.5MiB of 1MiB in 2 chunks"},
      {{2, 1'048'575}, {8, 1_MiB}, "2 of 8 chunks"},
  };
  for (const auto& row : rows)
    CHECK(load_of({"a.out", "b", 0, 1, row.queued, row.credit}) == row.text);
}

}  // namespace
}  // namespace weir::testing
