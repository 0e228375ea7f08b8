#include "pipelines/inspect/int_division.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

namespace weir {
namespace {

// The divisions found, as `division|with its fraction@offset`.
std::string found_in(const char* text) {
  const known_columns columns{.fields = {{"n", column_type::int64},
                                         {"m", column_type::int64},
                                         {"x", column_type::float64},
                                         {"any", column_type::dynamic}}};
  const auto parsed = expression::parse(text);
  REQUIRE(parsed);
  std::string all;
  for (const auto& d : int_divisions(*parsed, columns))
    all += fmt::format("{}{}|{}@{}", all.empty() ? "" : ", ", d.text, d.with_fraction, d.offset);
  return all;
}

}  // namespace

TEST_CASE("a division of two ints is found where its fraction is likely to be missed") {
  struct row {
    const char *text, *found;
  };
  const row rows[] = {
      {"n / m", "n / m|double(n) / m@2"},
      {"n/1000", "n / 1000|double(n) / 1000@1"},
      {"1 / n", "1 / n|double(1) / n@2"},
      {"1 / 3", "1 / 3|double(1) / 3@2"},
      {"10 / 5", ""},
      {"double(n) / m", ""},
      {"n / 2.0", ""},
      {"x / n", ""},
      {"any / 3", ""},
      {"n / missing", ""},
      {"1 + (n + m) / 2 * 100", "(n + m) / 2|double(n + m) / 2@12"},
      {"n / (m - 1)", "n / (m - 1)|double(n) / (m - 1)@2"},
      {"n / 10 * 10", ""},
      {"10 * (n / 10)", ""},
      {"n / 10 * 100", "n / 10|double(n) / 10@2"},
      {"n / 100 == 5 || n / 100 in [4, 3]", ""},
      {"7 / 2 % 2", ""},
      {"n / m > 1", "n / m|double(n) / m@2"},
      {"int(x) / n", "int(x) / n|double(int(x)) / n@7"},
      {"n > 0 ? n / m : m / n", "n / m|double(n) / m@10, m / n|double(m) / n@18"},
      {"_line / 2", "_line / 2|double(_line) / 2@6"},
  };
  for (const auto& row : rows) {
    CAPTURE(std::string(row.text));
    CHECK(found_in(row.text) == row.found);
  }
}

}  // namespace weir
