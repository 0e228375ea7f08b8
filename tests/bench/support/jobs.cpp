#include "tests/bench/support/jobs.hpp"

#include "tests/bench/support/csv_loops.hpp"
#include "tests/bench/support/hand_loops.hpp"
#include "tests/bench/support/log_loops.hpp"

namespace weir::testing {
namespace {

const job jobs[] = {
    {"count", ".ndjson", "ndjson", ".ndjson", R"yaml(
  - {type: aggregate, compute: {requests: count(status)}}
)yaml",
     count_by_hand},
    {"filter and map", ".ndjson", "ndjson", ".ndjson", R"yaml(
  - {type: filter, where: status >= 500}
  - {type: map, set: {duration_s: duration_ms / 1000}, keep: [ts, host, path, status]}
)yaml",
     filter_by_hand},
    {"group", ".ndjson", "ndjson", ".ndjson", R"yaml(
  - {type: aggregate, by: [host], compute: {requests: count(), mean_ms: mean(duration_ms)}}
)yaml",
     group_by_hand},
    {"all columns to CSV", ".ndjson", "ndjson", ".csv", "", columns_by_hand},
    {"log by pattern", ".log", "lines", ".ndjson", R"yaml(
  - type: parse
    regex: >-
      ^(?<host>[^ ]*) (?<ident>[^ ]*) (?<user>[^ ]*) \[(?<time>[^\]]*)\]
      "(?<request>(?:[^"\\]|\\.)*)" (?<status>[0-9]*) (?<bytes>[^ ]*)
      "(?<referer>(?:[^"\\]|\\.)*)" "(?<user_agent>(?:[^"\\]|\\.)*)"$
)yaml",
     split_by_hand},
    {"log by name", ".log", "lines", ".ndjson", R"yaml(
  - {type: parse, format: apache_combined}
)yaml",
     combined_by_hand},
    {"sum of CSV", ".csv", "csv", ".ndjson", R"yaml(
  - {type: aggregate, compute: {records: count(), sum: sum(x)}}
)yaml",
     sum_by_hand},
};

}  // namespace

std::span<const job> all_jobs() { return jobs; }

std::string pipeline_of(const job& what, const paths& inputs, const std::string& output) {
  std::string text = "weir: 1\npipeline: bench\nstages:\n  - type: read_file\n    format: " +
                     std::string(what.format) + "\n    path:\n";
  for (const auto& input : inputs) text += "      - \"" + input + "\"\n";
  return text + what.stages + "  - {type: write_file, path: \"" + output + "\"}\n";
}

}  // namespace weir::testing
