// `weir eval` as a process: what it prints, what it refuses, and how it ends.

#include <doctest/doctest.h>

#include "tests/actors/support/temporary_folder.hpp"
#include "tests/support/process.hpp"

namespace weir::testing {
namespace {

process_setup eval(std::vector<std::string> arguments, const std::string& folder = {}) {
  process_setup setup;
  setup.arguments = {WEIR_BINARY, "eval"};
  setup.arguments.insert(setup.arguments.end(), arguments.begin(), arguments.end());
  setup.folder = folder;
  return setup;
}

constexpr const char* three_records =
    "{\"status\": 200, \"user\": {\"id\": 7}}\n{\"status\": \"odd\"}\n{\"user\": {}}\n";

}  // namespace

TEST_CASE("eval prints the value of an expression as JSON") {
  struct row {
    std::vector<std::string> arguments;
    const char* output;
  };
  const row rows[] = {
      {{"1 + 2"}, "3\n"},
      {{"null"}, "null\n"},
      {{"'a' + 'b'"}, "\"ab\"\n"},
      {{"[3, 1].map(x, x * 2)"}, "[6,2]\n"},
      {{"timestamp('2026-03-01T00:00:00Z') + duration('1h')"}, "\"2026-03-01T01:00:00Z\"\n"},
      {{"status >= 500", "--json", R"({"status": 503})"}, "true\n"},
      {{"missing", "--json", "{}"}, "null\n"},
      {{"a.b", "--json", "{\n  \"a\": {\n    \"b\": 1.50}}"}, "1.50\n"},
      {{"--json", R"({"x": 1})", "--", "-x"}, "-1\n"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.arguments);
    const auto done = run_process(eval(row.arguments));
    CHECK(done.code == 0);
    CHECK(done.output == row.output);
    CHECK(done.errors.empty());
  }
}

TEST_CASE("eval tells what is wrong at the character of the expression, and ends with 2") {
  struct row {
    std::vector<std::string> arguments;
    const char* errors;
  };
  const row rows[] = {
      {{"lenght(x)"}, "expression:1:1: unknown function 'lenght'; did you mean 'size'?\n"},
      {{"'\u00e4' + lenght(x)"},
       "expression:1:7: unknown function 'lenght'; did you mean 'size'?\n"},
      {{"1 +\n  1 = 3"}, "expression:2:5: '=' is not an operator; did you mean '=='?\n"},
      {{""}, "expression:1:1: the expression is empty\n"},
      {{"stats + 1"}, "expression:1:1: unknown column 'stats'; there are no columns\n"},
      {{"size(1)", "records.ndjson"},
       "expression:1:6: 'size' does not take int; it takes string, bytes or json\n"},
      {{"line.size() + statsu", "records.ndjson", "--format", "lines"},
       "expression:1:15: unknown column 'statsu'; the only column is 'line'\n"},
      {{"x", "records.ndjson", "--format", "ndjsn"},
       "option 'format': 'ndjsn' is not 'by_name', 'ndjson', 'csv' or 'lines'; did you mean "
       "'ndjson'?\n"},
      {{"x", "--json", "[1]"},
       "weir: option '--json': a record is an object, as in '{\"status\": 200}', found '[1]'\n"},
      {{"x", "--json", "{"},
       "weir: option '--json': no JSON at byte 1: a map begins here and does not end\n"},
      {{"x", "records.ndjson", "--json", "{}"},
       "weir: 'eval' takes a file or '--json', not both; the file is 'records.ndjson'\n"},
      {{"x", "--strict"}, "weir: option '--strict' means nothing without a file\n"},
      {{"x", "--format", "csv"}, "weir: option '--format' means nothing without a file\n"},
      {{}, "weir: 'eval' needs an expression, as in \"weir eval '1 + 2'\"\n"},
      {{"1", "a", "b"}, "weir: 'b' is one argument more than 'eval' takes\n"},
  };
  const temporary_folder folder;
  folder.write("records.ndjson", three_records);
  for (const auto& row : rows) {
    CAPTURE(row.arguments);
    const auto done = run_process(eval(row.arguments, folder.path("")));
    CHECK(done.code == 2);
    CHECK(done.output.empty());
    CHECK(done.errors == row.errors);
  }
}

TEST_CASE("eval ends with 1 where the one value can't be computed") {
  const auto done = run_process(eval({"1 / int(z)", "--json", R"({"z": 0})"}));
  CHECK(done.code == 1);
  CHECK(done.output.empty());
  CHECK(done.errors == "weir: '/' by zero\n");
}

TEST_CASE("eval gives a line for each record of a file, and tells those that have no value") {
  const temporary_folder folder;
  folder.write("records.ndjson", three_records);
  const auto done = run_process(eval({"status + 1", "records.ndjson"}, folder.path("")));
  CHECK(done.code == 0);
  CHECK(done.output == "201\nnull\n");
  CHECK(done.errors ==
        "stage 'eval': record rejected: records.ndjson:2: '+' does not take string and int\n");
  const auto strict =
      run_process(eval({"status + 1", "records.ndjson", "--strict"}, folder.path("")));
  CHECK(strict.code == 1);
  CHECK(strict.output == "201\nnull\n");
}

TEST_CASE("eval reads whatever a source of files does") {
  const temporary_folder folder;
  folder.write("table.csv", "host,ms\na,1500\nb,\n");
  const auto csv = run_process(eval({"ms / 1000", "table.csv"}, folder.path("")));
  CHECK(csv.code == 0);
  CHECK(csv.output == "1.5\nnull\n");
  auto piped = eval({"user.id", "-", "--format", "ndjson"});
  piped.input_path = folder.write("records.ndjson", three_records);
  CHECK(run_process(piped).output == "7\nnull\nnull\n");
  auto placed = eval({"_line", folder.path("table.csv")});
  CHECK(run_process(placed).output == "2\n3\n");
  const auto missing = run_process(eval({"x", "missing.ndjson"}, folder.path("")));
  CHECK(missing.code == 1);
  CHECK(missing.errors.find("'missing.ndjson': no such file") != std::string::npos);
}

TEST_CASE("eval ends without failure when nobody reads its output any more") {
  auto setup = eval({"int(line)", "-"});
  setup.input_path.clear();
  process running(setup);
  running.write_input("1\n2\n");
  running.await_output("1\n2\n");
  running.close_output();
  running.write_input("3\n");
  running.close_input();
  CHECK(running.wait() == 0);
  CHECK(running.errors().empty());
}

}  // namespace weir::testing
