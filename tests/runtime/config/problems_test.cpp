#include "runtime/config/problems.hpp"

#include <doctest/doctest.h>

namespace weir {
namespace {

source_place place(const char* file, std::uint32_t line, std::uint32_t column) {
  return {std::make_shared<const std::string>(file), line, column};
}

TEST_CASE("a problem is told with its place, its subjects and its text") {
  problems found;
  {
    const auto stage = found.enter("stage 'filter'");
    {
      const auto option = found.enter("option 'where'");
      found.add("unknown-function", place("p.yaml", 7, 12), "unknown function 'lenght'");
    }
    found.warn("unread", place("p.yaml", 9, 1), "nobody reads it");
  }
  found.add("syntax", {}, "no stages");
  REQUIRE(found.all().size() == 3);
  CHECK(to_text(found.all()[0]) ==
        "p.yaml:7:12: stage 'filter', option 'where': unknown function 'lenght'");
  CHECK(to_text(found.all()[1]) == "p.yaml:9:1: warning: stage 'filter': nobody reads it");
  CHECK(to_text(found.all()[2]) == "no stages");
}

TEST_CASE("warnings are no errors") {
  problems found;
  CHECK_FALSE(found.any_errors());
  found.warn("odd", {}, "odd");
  CHECK_FALSE(found.any_errors());
  found.add("wrong", {}, "wrong");
  CHECK(found.any_errors());
}

TEST_CASE("problems are sorted by place; those of one place stay in the order they were found") {
  problems found;
  found.add("d", place("b.yaml", 1, 1), "d");
  found.add("c", place("a.yaml", 10, 2), "c");
  found.add("a", place("a.yaml", 9, 5), "a");
  found.add("b", place("a.yaml", 9, 5), "b");
  found.sort();
  std::string codes;
  for (const auto& p : found.all()) codes += p.code;
  CHECK(codes == "abcd");
}

TEST_CASE("what stands before the first part of a text is at its start") {
  text_place at;
  at.start = place("a.yaml", 3, 5);
  at.parts =
      std::make_shared<const std::vector<text_part>>(std::vector<text_part>{{2, 6, 9, false}});
  CHECK(at.at("\n\nx", 0).line == 3);
  CHECK(at.at("\n\nx", 0).column == 5);
  CHECK(at.at("\n\nx", 2).line == 6);
}

}  // namespace
}  // namespace weir
