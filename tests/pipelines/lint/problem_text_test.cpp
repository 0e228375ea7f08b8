#include "pipelines/lint/problem_text.hpp"

#include <doctest/doctest.h>

namespace weir {
namespace {

problem at(std::uint32_t line, std::uint32_t column, std::string text = "odd") {
  return {problem::level::error,
          "odd-thing",
          {std::make_shared<const std::string>("p.yaml"), line, column},
          std::move(text)};
}

}  // namespace

TEST_CASE("a problem is shown with its line and a caret") {
  CHECK(problem_with_caret(at(2, 4), "a: 1\nb: 2\nc: 3\n") ==
        "p.yaml:2:4: odd\n"
        "  2 | b: 2\n"
        "    |    ^\n");
  SUBCASE("tabs and wide characters keep the caret below its character") {
    CHECK(problem_with_caret(at(1, 6), "\t\xC3\xA9\xC3\xA9: x\r\n") ==
          "p.yaml:1:6: odd\n  1 | \t\xC3\xA9\xC3\xA9: x\n    | \t    ^\n");
  }
  SUBCASE("a caret behind the line stands at its end") {
    CHECK(problem_with_caret(at(1, 99), "ab") == "p.yaml:1:99: odd\n  1 | ab\n    |   ^\n");
  }
  SUBCASE("a long line is cut around the caret") {
    const std::string text = std::string(200, 'x') + "@" + std::string(200, 'y');
    CHECK(problem_with_caret(at(1, 201), text) ==
          "p.yaml:1:201: odd\n  1 | ..." + std::string(50, 'x') + "@" + std::string(49, 'y') +
              "...\n    |    " + std::string(50, ' ') + "^\n");
  }
  SUBCASE("without a line there is no caret") {
    CHECK(problem_with_caret(at(0, 0), "a: 1\n") == "p.yaml: odd\n");
    CHECK(problem_with_caret(at(9, 1), "a: 1\n") == "p.yaml:9:1: odd\n");
  }
}

TEST_CASE("problems are told to programs as JSON") {
  problem warning = at(3, 1, "say \"why\"");
  warning.severity = problem::level::warning;
  CHECK(problems_as_json({}) == "[]\n");
  CHECK(problems_as_json({at(2, 4), warning}) ==
        "[\n"
        "  {\"code\": \"odd-thing\", \"severity\": \"error\", \"file\": \"p.yaml\", \"line\": 2, "
        "\"column\": 4, \"message\": \"odd\"},\n"
        "  {\"code\": \"odd-thing\", \"severity\": \"warning\", \"file\": \"p.yaml\", \"line\": 3, "
        "\"column\": 1, \"message\": \"say \\\"why\\\"\"}\n"
        "]\n");
}

}  // namespace weir
