#include "pipelines/inspect/column_flow.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>

#include "tests/support/load_graph.hpp"

namespace weir {
namespace {

using namespace weir::testing;

std::string in_short(const column_set& set) {
  std::string text = set.all ? "*" : "";
  if (set.all && !set.names.empty()) text += ": ";
  text += fmt::format("{}", fmt::join(set.names, " "));
  for (const auto& name : set.but) text += " -" + name;
  for (const auto& format : set.text_formats) text += " +" + format;
  return text;
}

// `reads | makes | passes` of the stage called `s`.
std::string columns_of_s(const std::string& stages) {
  const graph of = load_graph(stages);
  const auto at = std::find_if(of.stages.begin(), of.stages.end(),
                               [](const graph_stage& stage) { return stage.name == "s"; });
  REQUIRE(at != of.stages.end());
  const auto found = column_flow(of).of(static_cast<std::uint32_t>(at - of.stages.begin()));
  return fmt::format("{} | {} | {}", in_short(found.reads), in_short(found.makes),
                     in_short(found.passes));
}

// The same of a transform between a file whose columns nobody knows and a reader.
std::string around(const char* stage, const char* reader) {
  return columns_of_s(
      fmt::format("  - {{type: read_file, path: in.ndjson}}\n  - {{name: s, {}}}\n  - {{{}}}\n",
                  stage, reader));
}

}  // namespace

TEST_CASE("a stage's columns are told as its options and those below it make them") {
  struct row {
    const char *stage, *reader, *told;
  };
  const char* copies = "type: write_file, path: out.ndjson";
  const char* counts = "type: aggregate, compute: {n: count()}";
  const char* sums = "type: aggregate, by: [a], compute: {n: sum(b)}";
  const row rows[] = {
      {"type: filter, where: c > 1 && d.e == 2", copies, "c d |  |  +ndjson"},
      {"type: filter, where: c > 1", sums, "c |  | a b"},
      {"type: filter, where: c > 1", counts, "c |  | "},
      {"type: rechunk, records: 2", "type: print, format: csv", " |  | *"},
      {"type: map, set: {b: c + 1}", copies, "c | b | *"},
      {"type: map, set: {b: c + 1}", sums, "c | b | a"},
      {"type: map, set: {b: c + 1, f: b}, drop: [g]", copies, "c | b f | * -g"},
      {"type: map, rename: {g: h}", copies, " | h | * -g"},
      {"type: map, set: {b: c}, keep: [a]", copies, "c | b | a"},
      {"type: parse, column: line, regex: '(?<a>.)(?<h>.)'", copies, "line | a h | * -line"},
      {"type: parse, column: line, format: json", copies, "line | * | * -line"},
      {"type: parse, column: line, format: json, types: {a: int}, keep: true", copies,
       "line | *: a | *"},
      {"type: aggregate, by: [a], compute: {n: sum(b)}", copies, "a b | n | a"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.stage);
    CAPTURE(row.reader);
    std::string reader = row.reader;
    if (reader != copies && !reader.starts_with("type: print"))
      reader += "}\n  - {type: write_file, path: sums.ndjson";
    CHECK(around(row.stage, reader.c_str()) == row.told);
  }
}

TEST_CASE("sources give what is wanted, and sinks read what there is") {
  CHECK(columns_of_s("  - {name: s, type: read_file, path: a.ndjson}\n"
                     "  - {type: filter, where: a > 1}\n"
                     "  - {type: write_file, path: out.ndjson}\n") == " |  | a +ndjson");
  CHECK(columns_of_s("  - {name: s, type: read_file, path: a.ndjson}\n"
                     "  - {type: filter, where: _line > 1}\n"
                     "  - {type: discard}\n") == " |  | ");
  CHECK(columns_of_s("  - {name: s, type: generate, columns: {a: 1, b: 2}}\n"
                     "  - {type: print, format: ndjson}\n") == " |  | *: a b");
  CHECK(columns_of_s("  - {type: generate, columns: {a: 1, b: 2}}\n"
                     "  - {name: s, type: print, format: ndjson}\n") == "*: a b |  | ");
  CHECK(columns_of_s("  - {type: read_file, path: a.ndjson}\n"
                     "  - {name: s, type: print, format: ndjson}\n") == " +ndjson |  | ");
  // What was rejected has no text of its own, whatever its source.
  CHECK(columns_of_s("  - {name: a, type: read_file, path: a.ndjson}\n"
                     "  - {type: discard}\n"
                     "  - {name: s, type: write_file, from: a.rejected, path: b.ndjson}\n") ==
        "*: stage reason code file offset line time record raw |  | ");
}

TEST_CASE("columns that an expression makes and nobody reads are found") {
  const graph of = load_graph(
      "  - {type: read_file, path: a.ndjson}\n"
      "  - {type: map, set: {a: b + 1, c: a, d: c + 1}}\n"
      "  - {type: aggregate, by: [c], compute: {n: sum(e)}}\n"
      "  - {type: print}\n");
  const column_flow flow(of);
  CHECK(flow.of(1).unread == std::vector<std::string>{"a", "d"});
  CHECK(flow.of(2).unread.empty());
}

}  // namespace weir
