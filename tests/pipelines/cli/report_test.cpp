#include <doctest/doctest.h>
#include <fmt/format.h>

#include "pipelines/cli/bottleneck.hpp"
#include "pipelines/cli/exit_code.hpp"
#include "pipelines/cli/report_json.hpp"
#include "pipelines/cli/report_text.hpp"
#include "pipelines/cli/short_numbers.hpp"
#include "pipelines/cli/stage_table.hpp"
#include "pipelines/inspect/text_layout.hpp"
#include "runtime/base/text.hpp"
#include "tests/pipelines/cli/sample_reports.hpp"
#include "tests/runtime/observe/sample_stall.hpp"
#include "tests/support/approved_text.hpp"

namespace weir::testing {
namespace {

report_surroundings around(std::size_t width) {
  report_surroundings a;
  a.stage_places["write_file"] = "pipeline.yaml:12:5";
  a.resident_peak = 38_MiB;
  a.width = width;
  return a;
}

}  // namespace

TEST_CASE("the report is a table with what is worth a sentence below it") {
  check_approved("pipelines/cli/approved/report.txt", report_text(parsing_report(), around(0)));
}

TEST_CASE("the report of a run that failed names what was lost on the way") {
  const auto run = failed_report();
  check_approved("pipelines/cli/approved/report_failed.txt",
                 report_text(run, around(0)) + failure_text(run, around(0)));
}

TEST_CASE("a stage that was cut off is told with its cause, and the exit code says so") {
  auto run = parsing_report();
  CHECK(exit_code_of(run, false, false) == exit_handled);
  run.isolated.push_back(
      {"write_file", "consume", {"write-file", "no room", "ENOSPC"}, "in.ndjson:7"});
  CHECK(failure_text(run, around(0)) ==
        "pipeline.yaml:12:5: stage 'write_file': cut off: no room\n  ENOSPC, at in.ndjson:7\n");
  CHECK(exit_code_of(run, false, false) == exit_failed);
  CHECK(report_json(run, around(0)).find("\"isolated\": [\n    {") != std::string::npos);
}

TEST_CASE("how often a stage was restarted is told, and what came before it failed for good") {
  auto run = parsing_report();
  run.stages[1].restarts = 2;
  CHECK(report_text(run, around(0)).find("restarted: 'parse' 2 times\n") != std::string::npos);
  run.stages[0].retries = 1;
  CHECK(report_text(run, around(0))
            .find(fmt::format("tried again: '{}' 1 time\n", run.stages[0].name)) !=
        std::string::npos);
  run.failure = {"parse", "process", {"odd", "it broke", {}}, {}, {"1s before: it broke"}};
  CHECK(failure_text(run, around(0)) == "stage 'parse': it broke\n  1s before: it broke\n");
}

TEST_CASE("where rejected records are kept is told, and what could not be") {
  auto run = parsing_report();
  run.stages[1].rejected_unread = 3;
  auto a = around(0);
  a.dead_letters = told_dead_letters{"dead.ndjson", 3, 0, "weir replay dead.ndjson a.yaml"};
  CHECK(report_text(run, a).find("rejected: 3 records at 'parse'\n"
                                 "dead letters: 3 records kept in 'dead.ndjson'; once the cause is "
                                 "mended: weir replay dead.ndjson a.yaml\n") != std::string::npos);
  a.dead_letters = told_dead_letters{"dead.ndjson", 1, 2, {}};
  CHECK(report_text(run, a).find("dead letters: 1 record kept in 'dead.ndjson', and 2 records that "
                                 "could not be written\n") != std::string::npos);
  CHECK(report_json(run, a).find("\"dead_letters\": {\n    \"file\": \"dead.ndjson\",\n"
                                 "    \"kept\": 1,\n    \"lost\": 2\n  }") != std::string::npos);
}

TEST_CASE("a part of the plan is told by the name that a user gave") {
  auto run = failed_report();
  run.edges[2].from = "filter.out.fork";
  run.edges[0].to = "parse.in.merge";
  const auto text = report_text(run, around(0));
  CHECK(text.find("discarded: 456 records from the fork of 'filter.out', which 'aggregate' did ") !=
        std::string::npos);
  CHECK(text.find("from 'access.out', for which the merge of 'parse.in' had no room\n") !=
        std::string::npos);
}

TEST_CASE("what workers lost on the way to one stage is told as one number") {
  auto run = failed_report();
  run.edges.clear();
  for (const auto* to : {"out.prepared", "out.prepared", "keep.in.collect"}) {
    run.edges.emplace_back();
    run.edges.back().from = "read.out";
    run.edges.back().to = to;
    run.edges.back().discarded = 5;
  }
  const auto text = report_text(run, around(0));
  CHECK(text.find("discarded: 10 records from 'read.out', which 'out' did ") != std::string::npos);
  CHECK(text.find("discarded: 5 records from 'read.out', which the collect of 'keep.in' did ") !=
        std::string::npos);
}

TEST_CASE("a table gives way to a narrow terminal, least important columns first") {
  std::string all;
  for (const std::size_t width : {120U, 100U, 92U, 80U})
    all += stage_table(parsing_report(), width) + "\n";
  check_approved("pipelines/cli/approved/report_widths.txt", all);
}

TEST_CASE("no line of a table is wider than its terminal, while there is something to give up") {
  for (std::size_t width = 79; width < 130; ++width) {
    const auto table = stage_table(parsing_report(), width);
    for (const auto line : split(table, '\n')) CHECK(columns_of(line) <= width);
  }
}

TEST_CASE("a ledger that does not balance is told as a bug, with all that is wrong") {
  auto run = parsing_report();
  run.imbalances = {"'parse' received 10 and accounts for 9"};
  const auto text = report_text(run, around(0));
  CHECK(text.find("ledger: does not balance, which is a bug in weir\n"
                  "  'parse' received 10 and accounts for 9\n") != std::string::npos);
}

TEST_CASE("the failure is the first cause, with each place that is known") {
  struct row {
    const char* name;
    stage_failure failure;
    const char* text;
  };
  const row rows[] = {
      {"all is known",
       {"write_file", "consume", {"write-file", "'x' can't be written", "Broken pipe"}, "in.csv:7"},
       "pipeline.yaml:12:5: stage 'write_file': 'x' can't be written\n"
       "  Broken pipe, at in.csv:7\n"},
      {"a detail that the text says already",
       {"write_file", "flush", {"write-file", "'x': no space left", "No space left"}, ""},
       "pipeline.yaml:12:5: stage 'write_file': 'x': no space left\n"},
      {"what no stage may do",
       {"write_file", "flush", {"exception", "the stage threw: x", ""}, "in.csv:7"},
       "pipeline.yaml:12:5: stage 'write_file': the stage threw: x\n  in 'flush', at in.csv:7\n"},
      {"no detail and no input",
       {"write_file", "open", {"write-file", "'x' is a directory", ""}, ""},
       "pipeline.yaml:12:5: stage 'write_file': 'x' is a directory\n"},
      {"a stage without a place",
       {"other", "", {"c", "it broke", ""}, ""},
       "stage 'other': it broke\n"},
      {"no stage",
       {"", "", {"c", "more memory is needed than 'memory' allows", ""}, ""},
       "more memory is needed than 'memory' allows\n"},
  };
  for (const auto& row : rows) SUBCASE(row.name) {
      run_report run;
      run.failure = row.failure;
      CHECK(failure_text(run, around(0)) == row.text);
    }
}

TEST_CASE("stages that would not end are named") {
  run_report run;
  CHECK(failure_text(run, around(0)) == "");
  run.unfinished = {{"in", "pull"}};
  CHECK(failure_text(run, around(0)) == "would not end: stage 'in' in 'pull'\n");
  run.unfinished = {{"in", ""}, {"out", "settle"}};
  CHECK(failure_text(run, around(0)) == "would not end: stages 'in', 'out' in 'settle'\n");
}

TEST_CASE("what a strict run does not forgive is told by stage") {
  run_report run = parsing_report();
  const auto failure = strict_failure(run);
  REQUIRE(failure);
  CHECK(failure->cause.text ==
        "--strict: 3 records were rejected and read by nobody: 3 at 'access'");
  run.stages[1].rejected_unread = 1'200;
  CHECK(
      strict_failure(run)->cause.text ==
      "--strict: 1,203 records were rejected and read by nobody: 3 at 'access', 1,200 at 'parse'");
  run.outcome = run_outcome::failed;
  CHECK_FALSE(strict_failure(run));
}

TEST_CASE("the JSON report has all there is") {
  auto a = around(0);
  a.exit_code = exit_failed;
  run_event event;
  event.what = run_event::kind::rejected;
  event.at = wall_time(milliseconds(1'772'366'400'250));
  event.stage = "parse";
  event.text = "no number at 'x'";
  a.events = {event};
  check_approved("pipelines/cli/approved/report.json", report_json(failed_report(), a));
}

TEST_CASE(
    "a stall that ended a run is told a line a stage, and in the JSON report as a flowchart") {
  run_report run;
  run.stall = stalled_diamond();
  run.failure = stage_failure{.stage = "in",
                              .call = {},
                              .cause = {"stalled", "the pipeline is stalled", {}},
                              .where = {},
                              .history = stall_lines(*run.stall)};
  auto a = around(0);
  a.stage_places["pair"] = "pipeline.yaml:9:5";
  check_approved("pipelines/cli/approved/report_stalled.txt", failure_text(run, a));
  check_approved("pipelines/cli/approved/report_stalled.json", report_json(run, a));
}

TEST_CASE("the bottleneck is told in one sentence") {
  struct row {
    const char* name;
    unsigned threads;
    int read_busy, read_starved, parse_busy;  // milliseconds of 1000
    const char* text;
    unsigned parse_instances = 1;
  };
  const row rows[] = {
      {"the busiest stage", 2, 200, 0, 970, "'parse', busy 97 % of the time"},
      {"more than the whole time is all of it", 2, 200, 0, 1'010,
       "'parse', busy 100 % of the time"},
      {"the input, when all wait for it", 2, 10, 980, 20,
       "the input: 'read' waited for it 98 % of the time"},
      {"the threads, when no stage is busy most of the time", 1, 450, 0, 490,
       "the threads, all busy; most of all with 'parse', 49 % of the time"},
      {"nobody", 2, 100, 100, 200, "none, every stage had time to spare"},
      {"a source that starves is not to blame when another stage is busy", 2, 10, 900, 600,
       "'parse', busy 60 % of the time"},
      {"the threads, when they would do more of what takes most", 1, 350, 0, 600,
       "the threads, all busy; most of all with 'parse', 60 % of the time"},
      {"one stage that takes all of a thread", 1, 20, 0, 960, "'parse', busy 96 % of the time"},
      {"what workers do side by side", 4, 100, 0, 1'400, "'parse', busy 70 % of the time", 2},
      {"the threads, when workers keep all of them", 2, 100, 0, 1'850,
       "the threads, all busy; most of all with 'parse', 92 % of the time", 2},
  };
  for (const auto& row : rows) SUBCASE(row.name) {
      run_report run;
      run.threads = row.threads;
      run.wall = milliseconds(1'000);
      run.stages = {stage_named("read"), stage_named("parse")};
      run.stages[0].busy = milliseconds(row.read_busy);
      run.stages[0].starved = milliseconds(row.read_starved);
      run.stages[1].busy = milliseconds(row.parse_busy);
      run.stages[1].instances = row.parse_instances;
      run.stages[1].starved = milliseconds(1'000 - row.parse_busy);
      run.edges = {{.from = "read.out", .to = "parse"}};
      CHECK(to_text(find_bottleneck(run)) == row.text);
    }
}

TEST_CASE("a sink that waits for its output is the bottleneck where nobody is busy") {
  run_report run;
  run.wall = milliseconds(1'000);
  run.stages = {stage_named("read"), stage_named("print")};
  run.stages[0].blocked = milliseconds(990);
  run.stages[1].blocked = milliseconds(700);
  run.edges = {{.from = "read.out", .to = "print"}};
  CHECK(to_text(find_bottleneck(run)) == "the output: 'print' waited for it 70 % of the time");
  run.stages[1].blocked = milliseconds(400);
  CHECK(find_bottleneck(run).what == bottleneck::kind::none);
}

TEST_CASE("a run without stages or time has no bottleneck") {
  CHECK(find_bottleneck({}).what == bottleneck::kind::none);
  CHECK(stage_table({}, 80).find("stage") == 0);
}

TEST_CASE("a duration is short") {
  struct row {
    nanoseconds duration;
    const char* text;
  };
  using namespace std::chrono_literals;
  const row rows[] = {{0ns, "0"},           {-5ns, "0"},          {999ns, "999ns"},
                      {1'234ns, "1.23us"},  {12'345us, "12.3ms"}, {999'499us, "999ms"},
                      {999'500us, "1.00s"}, {9'996ms, "10.0s"},   {59s, "59.0s"},
                      {99'949ms, "99.9s"},  {99'950ms, "1m40s"},  {3'599'600ms, "1h00m"},
                      {26h, "26h00m"},      {100h, "4d04h"}};
  for (const auto& row : rows) CHECK(short_duration(row.duration) == row.text);
}

TEST_CASE("a count is short") {
  struct row {
    std::uint64_t count;
    const char* text;
  };
  const row rows[] = {
      {0, "0"},           {9'999, "9,999"},      {10'000, "10.0k"},       {999'499, "999k"},
      {999'500, "1.00M"}, {12'345'678, "12.3M"}, {5'000'000'000, "5.00G"}};
  for (const auto& row : rows) CHECK(short_count(row.count) == row.text);
}

TEST_CASE("the exit code tells how the run ended") {
  struct row {
    const char* name;
    run_outcome outcome;
    bool interrupted, strict;
    std::uint64_t rejected_unread;
    int code;
  };
  const row rows[] = {
      {"all handled", run_outcome::complete, false, false, 0, 0},
      {"rejected ones are told, and no failure", run_outcome::complete, false, false, 7, 0},
      {"with --strict they are", run_outcome::complete, false, true, 7, 1},
      {"with --strict and none of them", run_outcome::complete, false, true, 0, 0},
      {"complete before SIGINT did anything", run_outcome::complete, true, false, 0, 0},
      {"drained after SIGINT", run_outcome::drained, true, false, 0, 130},
      {"drained after SIGTERM", run_outcome::drained, false, false, 0, 0},
      {"drained after SIGINT, --strict", run_outcome::drained, true, true, 7, 1},
      {"aborted", run_outcome::aborted, true, false, 0, 1},
      {"failed", run_outcome::failed, false, false, 0, 1},
  };
  for (const auto& row : rows) SUBCASE(row.name) {
      run_report run;
      run.outcome = row.outcome;
      run.stages = {stage_named("a")};
      run.stages[0].rejected_unread = row.rejected_unread;
      CHECK(exit_code_of(run, row.interrupted, row.strict) == row.code);
      run.unfinished = {{"a", "pull"}};
      CHECK(exit_code_of(run, row.interrupted, row.strict) == exit_failed);
      run.imbalances = {"'a' received 1 and accounts for 0"};
      CHECK(exit_code_of(run, row.interrupted, row.strict) == exit_bug);
    }
}

}  // namespace weir::testing
