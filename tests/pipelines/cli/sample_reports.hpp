#pragma once

// Reports of runs that never were, for what is made from reports.

#include <chrono>

#include "runtime/observe/run_report.hpp"

namespace weir::testing {

using std::chrono::milliseconds;

inline stage_report stage_named(const char* name, const char* type = "") {
  stage_report stage;
  stage.name = name;
  stage.type = type;
  return stage;
}

/// read -> parse -> aggregate -> write, with `parse` the slowest.
inline run_report parsing_report() {
  run_report run;
  run.pipeline = "slow-requests";
  run.executor = "actors";
  run.threads = 2;
  run.outcome = run_outcome::complete;
  run.wall = milliseconds(1'240);
  run.memory_peak = 13_MiB;

  stage_report read = stage_named("access", "read_file");
  read.created = 1'000'000;
  read.rejected = 3;
  read.rejected_unread = 3;
  read.bytes_out = 100'000'000;
  read.chunks_out = 382;
  read.calls = 383;
  read.busy = milliseconds(310);
  read.blocked = milliseconds(905);

  stage_report parse = stage_named("parse", "parse");
  parse.received = 1'000'000;
  parse.passed = 999'988;
  parse.rejected = 12;
  parse.bytes_in = 100'000'000;
  parse.bytes_out = 64'000'000;
  parse.chunks_in = parse.chunks_out = parse.calls = 382;
  parse.busy = milliseconds(1'203);
  parse.starved = milliseconds(9);

  stage_report filter = stage_named("filter", "filter");
  filter.received = 999'988;
  filter.passed = 23'456;
  filter.filtered = 976'532;
  filter.bytes_in = 64'000'000;
  filter.bytes_out = 1'500'000;
  filter.busy = milliseconds(88);
  filter.starved = milliseconds(1'100);

  stage_report group = stage_named("aggregate", "aggregate");
  group.received = group.absorbed = 23'456;
  group.created = 40;
  group.bytes_in = 1'500'000;
  group.bytes_out = 2'400;
  group.busy = std::chrono::microseconds(4'500);
  group.starved = milliseconds(1'231);
  group.state = 96_KiB;

  stage_report write = stage_named("write_file", "write_file");
  write.received = write.passed = 40;
  write.bytes_in = 2'400;
  write.busy = std::chrono::microseconds(210);
  write.starved = milliseconds(1'238);

  stage_report bad = stage_named("write_file_2", "write_file");
  bad.received = bad.passed = 12;
  bad.bytes_in = 900;
  bad.busy = std::chrono::microseconds(95);
  bad.starved = milliseconds(1'239);

  run.stages = {read, parse, filter, group, write, bad};
  const auto edge = [](const char* from, const char* to, std::uint64_t records) {
    return edge_report{
        .from = from, .to = to, .sent = records, .received = records, .credit_chunks = 8};
  };
  run.edges = {edge("access.out", "parse", 1'000'000), edge("parse.out", "filter", 999'988),
               edge("filter.out", "aggregate", 23'456), edge("aggregate.out", "write_file", 40),
               edge("parse.rejected", "write_file_2", 12)};
  return run;
}

/// The same, failed in the middle: the disk is full.
inline run_report failed_report() {
  run_report run = parsing_report();
  run.outcome = run_outcome::failed;
  run.failure = stage_failure{
      .stage = "write_file",
      .call = "consume",
      .cause = {"write-file", "'out/slow.ndjson' can't be written", "No space left on device"},
      .where = "logs/access-1.ndjson:123"};
  run.edges[2].received -= 456;
  run.edges[2].discarded = 456;
  run.edges[0].received -= 1'000;
  run.edges[0].dropped = 1'000;
  return run;
}

}  // namespace weir::testing
