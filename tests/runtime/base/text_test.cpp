#include "runtime/base/text.hpp"

#include <doctest/doctest.h>

using namespace weir;

TEST_CASE("user data is quoted for a message") {
  CHECK(quoted("status") == "'status'");
  CHECK(quoted("") == "''");
  CHECK(quoted("a\nb\tc\r") == "'a\\nb\\tc\\r'");
  CHECK(quoted(std::string_view("\0\x1b\x7f", 3)) == "'\\x00\\x1b\\x7f'");
  CHECK(quoted("caf\xC3\xA9") == "'caf\xC3\xA9'");
  CHECK(quoted("\xC3(") == "'\\xc3('");
}

TEST_CASE("long user data is cut at 80 bytes, never within a character") {
  CHECK(quoted(std::string(80, 'x')) == "'" + std::string(80, 'x') + "'");
  CHECK(quoted(std::string(81, 'x')) == "'" + std::string(80, 'x') + "...'");
  CHECK(quoted(std::string(79, 'x') + "\xC3\xA9") == "'" + std::string(79, 'x') + "...'");
  CHECK(quoted(std::string(78, 'x') + "\xC3\xA9") == "'" + std::string(78, 'x') + "\xC3\xA9'");
}

TEST_CASE("the nearest name is found if it is near enough") {
  const std::vector<std::string> names = {"size", "status", "host", "ts", "duration_ms"};
  struct row {
    const char *text, *advice;
  };
  const row rows[] = {
      {"szie", "; did you mean 'size'?"},
      {"Status", "; did you mean 'status'?"},
      {"stauts", "; did you mean 'status'?"},
      {"hots", "; did you mean 'host'?"},
      {"duration_m", "; did you mean 'duration_ms'?"},
      {"t", ""},
      {"tx", "; did you mean 'ts'?"},
      {"message", ""},
      {"", ""},
      {"lenght", ""},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    CHECK(did_you_mean(row.text, names) == row.advice);
  }
  CHECK(nearest("anything", {}) == std::nullopt);
}

TEST_CASE("where no name is near, all can be told") {
  const std::vector<std::string> names = {"cat", "horse"};
  CHECK(did_you_mean("hrose", names, "animals") == "; did you mean 'horse'?");
  CHECK(did_you_mean("elephant", names, "animals") == "; animals are 'cat' or 'horse'");
  CHECK(did_you_mean("elephant", {}, "animals").empty());
}

TEST_CASE("of equally near names the first is taken") {
  const std::vector<std::string> names = {"cat", "bat"};
  CHECK(nearest("hat", names) == "cat");
}

TEST_CASE("a list of names reads like a sentence") {
  CHECK(one_of(std::vector<std::string>{}).empty());
  CHECK(one_of(std::vector<std::string>{"a"}) == "'a'");
  CHECK(one_of(std::vector<std::string>{"a", "b"}) == "'a' or 'b'");
  CHECK(one_of(std::vector<std::string>{"a", "b", "c"}) == "'a', 'b' or 'c'");
}

TEST_CASE("UTF-8 is told from other bytes") {
  for (const char* good : {"", "plain", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80",
                           "\xEF\xBF\xBF", "\xF4\x8F\xBF\xBF", "\xED\x9F\xBF"}) {
    CAPTURE(good);
    CHECK(is_utf8(good));
  }
  for (const char* bad : {"\x80", "\xC3", "\xC0\x80", "\xE0\x80\x80", "\xED\xA0\x80",
                          "\xF5\x80\x80\x80", "\xF4\x90\x80\x80", "\xF0\x80\x80\x80", "\xE2\x82",
                          "a\xFF"
                          "b"}) {
    CAPTURE(bad);
    CHECK(!is_utf8(bad));
  }
}

TEST_CASE("a text is split at each separator") {
  using parts = std::vector<std::string_view>;
  CHECK(split("a,b", ',') == parts{"a", "b"});
  CHECK(split("", ',') == parts{""});
  CHECK(split(",a,,", ',') == parts{"", "a", "", ""});
}

TEST_CASE("documentation gives the first sentence of it to a message") {
  CHECK(first_sentence("The file to write.") == "the file to write");
  CHECK(first_sentence("The file. It is made anew.") == "the file");
  CHECK(first_sentence("CSV with 1.5 as it is.") == "CSV with 1.5 as it is");
  CHECK(first_sentence("A").size() == 1);
  CHECK(first_sentence("").empty());
}

TEST_CASE("large numbers get separators between thousands") {
  CHECK(with_thousands(0) == "0");
  CHECK(with_thousands(999) == "999");
  CHECK(with_thousands(1'000) == "1,000");
  CHECK(with_thousands(12'345'678) == "12,345,678");
}
