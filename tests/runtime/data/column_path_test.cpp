#include "runtime/data/column_path.hpp"

#include <doctest/doctest.h>

using namespace weir;

TEST_CASE("a path is read and written back") {
  struct row {
    const char* text;
    std::vector<std::string> steps;
  };
  const row rows[] = {
      {"status", {"status"}},
      {"request.path", {"request", "path"}},
      {"`user agent`.`a.b`", {"user agent", "a.b"}},
      {"a1._b", {"a1", "_b"}},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    const auto path = parse_column_path(row.text);
    REQUIRE(path);
    CHECK(path->steps == row.steps);
    CHECK(to_text(*path) == row.text);
  }
  CHECK(to_text(*parse_column_path("`plain`")) == "plain");
}

TEST_CASE("what is no path is refused with advice") {
  for (const char* text :
       {"", ".", "a.", ".a", "a..b", "user agent", "`", "``", "`a", "1a", "a-b", "`a`b"}) {
    CAPTURE(text);
    const auto path = parse_column_path(text);
    REQUIRE(!path);
    CHECK(path.error().code == "not-a-column");
  }
  CHECK(parse_column_path("a-b").error().text ==
        "'a-b' is not a column; write a name, a path as in 'request.path', or an odd name in "
        "backticks");
}
