#include "pipelines/inspect/text_layout.hpp"

#include <doctest/doctest.h>

namespace weir {

TEST_CASE("text is wrapped at spaces") {
  struct row {
    const char *name, *text, *wrapped;
  };
  const row rows[] = {
      {"nothing gives nothing", "", ""},
      {"a short text is one line", "one two", "  one two\n"},
      {"a line is filled up to the width", "one two three", "  one two\n  three\n"},
      {"a long word has its own line", "a disproportionate b", "  a\n  disproportionate\n  b\n"},
      {"lines of one paragraph are joined", "one\ntwo", "  one two\n"},
      {"paragraphs stay apart", "one\n\n\ntwo\n", "  one\n\n  two\n"},
      {"lines with a space before them stay", "one\n a  b\ntwo", "  one\n   a  b\n  two\n"},
      {"lists stay", "one\n\n- a\n- b", "  one\n\n  - a\n  - b\n"},
      {"a character is a column", "äöü äöü", "  äöü äöü\n"},
  };
  for (const auto& row : rows) SUBCASE(row.name) CHECK(wrapped(row.text, 9, 2) == row.wrapped);
}

TEST_CASE("padding counts characters, not bytes") {
  CHECK(padded("ä", 3) == "ä  ");
  CHECK(padded_left("ä", 3) == "  ä");
  CHECK(padded("abcd", 3) == "abcd");
  CHECK(padded_left("abcd", 3) == "abcd");
}

}  // namespace weir
