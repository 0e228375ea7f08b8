#include <doctest/doctest.h>
#include <fmt/format.h>

#include "runtime/expression/unknown_column.hpp"
#include "tests/runtime/expression/evaluate.hpp"

using namespace weir;
using namespace weir::testing;

namespace {

known_columns access_log() {
  known_columns columns;
  columns.fields = {{"status", column_type::int64},   {"duration_ms", column_type::dynamic},
                    {"host", column_type::string},    {"ratio", column_type::float64},
                    {"time", column_type::timestamp}, {"took", column_type::duration},
                    {"ok", column_type::boolean},     {"request", column_type::json}};
  columns.complete = true;
  return columns;
}

std::string problems_of(std::string_view text, const known_columns& columns,
                        std::optional<column_type> wanted = std::nullopt) {
  std::string out;
  for (const auto& p : check(parsed(text), columns, wanted).problems)
    out +=
        fmt::format("{}{}+{} {}: {}", out.empty() ? "" : "\n", p.offset, p.length, p.code, p.text);
  return out.empty() ? "none" : out;
}

}  // namespace

TEST_CASE("the type of an expression follows from the types of its columns") {
  struct row {
    std::string_view text;
    column_type type;
  };
  const row rows[] = {
      {"status", column_type::int64},
      {"status + 1", column_type::int64},
      {"status / 2", column_type::int64},
      {"status + 1.5", column_type::float64},
      {"status + ratio", column_type::float64},
      {"duration_ms", column_type::dynamic},
      {"duration_ms + 1", column_type::dynamic},
      {"duration_ms + 1.5", column_type::float64},
      {"duration_ms / 1000", column_type::float64},
      {"duration_ms % 10", column_type::int64},
      {"duration_ms > 5", column_type::boolean},
      {"host + 'x'", column_type::string},
      {"duration_ms + 'x'", column_type::string},
      {"time - time", column_type::duration},
      {"time + took", column_type::timestamp},
      {"took + took", column_type::duration},
      {"time - took", column_type::timestamp},
      {"ok && status > 1", column_type::boolean},
      {"ok ? 1 : 2", column_type::int64},
      {"ok ? 1 : null", column_type::int64},
      {"ok ? 1 : 'a'", column_type::dynamic},
      {"ok ? 1 : 2.5", column_type::dynamic},
      {"request.path", column_type::dynamic},
      {"[1, 2]", column_type::json},
      {"size(host)", column_type::int64},
      {"string(duration_ms)", column_type::string},
      {"time.getHours()", column_type::int64},
      {"null", column_type::dynamic},
      {"_line", column_type::int64},
      {"_file", column_type::string},
  };
  const auto columns = access_log();
  for (const auto& row : rows) {
    CAPTURE(row.text);
    const auto found = check(parsed(row.text), columns);
    CHECK(found.problems.empty());
    CHECK(name_of(found.type) == name_of(row.type));
  }
}

TEST_CASE("operands of types that don't go together are told") {
  struct row {
    std::string_view text, problems, neighbour;
  };
  const row rows[] = {
      {"statsu > 1", "0+6 unknown-column: unknown column 'statsu'; did you mean 'status'?",
       "status > 1"},
      {"a.b",
       "0+1 unknown-column: unknown column 'a'; columns are 'status', 'duration_ms', 'host', "
       "'ratio', 'time', 'took', 'ok' or 'request'",
       "request.b"},
      {"status == '500'", "0+15 type-mismatch: int and string are never equal", "status == 500"},
      {"status in [500, '404']", "16+5 type-mismatch: int and string are never equal",
       "status in [500, 404.0, null]"},
      {"host > 1", "0+8 type-mismatch: '>' does not take string and int", "duration_ms > 1"},
      {"request < request", "0+17 type-mismatch: '<' does not take json and json",
       "request == request"},
      {"time > '2026-01-01T00:00:00Z'",
       "0+29 type-mismatch: '>' does not take timestamp and string",
       "time > timestamp('2026-01-01T00:00:00Z')"},
      {"time + time", "0+11 type-mismatch: '+' does not take timestamp and timestamp",
       "time + took"},
      {"took - time", "0+11 type-mismatch: '-' does not take duration and timestamp",
       "time - took"},
      {"ratio % 2", "0+9 type-mismatch: '%' does not take double and int", "status % 2"},
      {"status.code", "0+6 type-mismatch: int has no fields or items", "request.code"},
      {"host.getHours()",
       "0+4 type-mismatch: 'getHours' does not take string; it takes timestamp or duration",
       "took.getHours()"},
      {"status.contains('5')", "0+6 type-mismatch: 'contains' does not take int; it takes string",
       "string(status).contains('5')"},
      {"host && ok", "0+4 type-mismatch: '&&' takes bool, found string", "ok && ok"},
      {"status ? 1 : 2", "0+6 type-mismatch: the condition before '?' must be bool, found int",
       "ok ? 1 : 2"},
      {"status in host",
       "0+14 type-mismatch: 'in' looks into lists and maps, found string; write "
       "'text.contains(\"part\")'",
       "status in request"},
  };
  const auto columns = access_log();
  for (const auto& row : rows) {
    CAPTURE(row.text);
    CHECK(problems_of(row.text, columns) == row.problems);
    CHECK(problems_of(row.neighbour, columns) == "none");
  }
}

TEST_CASE("a column that is not known is a mistake only where all are known") {
  auto columns = access_log();
  columns.complete = false;
  CHECK(problems_of("statsu > 1", columns) == "none");
}

TEST_CASE("the columns there are stand beside an unknown one where they are few") {
  CHECK(unknown_column("a", {}) == "unknown column 'a'; there are no columns");
  known_columns columns{{{"line", column_type::string}}, true};
  CHECK(unknown_column("status", columns) == "unknown column 'status'; the only column is 'line'");
  CHECK(unknown_column("lien", columns) == "unknown column 'lien'; did you mean 'line'?");
  columns.fields.push_back({"b", column_type::string});
  CHECK(unknown_column("status", columns) == "unknown column 'status'; columns are 'line' or 'b'");
  for (const char* more : {"c", "d", "e", "f", "g", "h", "i"})
    columns.fields.push_back({more, column_type::string});
  CHECK(unknown_column("status", columns) == "unknown column 'status'");
}

TEST_CASE("a value of another type than is wanted is told") {
  const auto columns = access_log();
  CHECK(problems_of("status + 1", columns, column_type::boolean) ==
        "0+10 type-mismatch: bool is wanted here, found int");
  CHECK(problems_of("status > 1", columns, column_type::boolean) == "none");
  CHECK(problems_of("duration_ms", columns, column_type::boolean) == "none");
  CHECK(problems_of("status", columns, column_type::float64) == "none");
  CHECK(problems_of("ratio", columns, column_type::int64) ==
        "0+5 type-mismatch: int is wanted here, found double");
  CHECK(problems_of("host", columns, column_type::dynamic) == "none");
}
