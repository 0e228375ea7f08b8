#include "runtime/data/json_text.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace weir;

TEST_CASE("every value of JSON is accepted") {
  for (const char* text : {"null",
                           "true",
                           "false",
                           "0",
                           "-0",
                           "12",
                           "-1.5e+10",
                           "1E5",
                           "0.25",
                           "\"\"",
                           "\"a\"",
                           R"("\u00e9\n\"\\\/\b\f\r\t")",
                           R"("\ud83d\ude00")",
                           "[]",
                           "{}",
                           "[1,2]",
                           "[ [ ] , { } ]",
                           R"({"a":1,"b":[true,null],"c":{"d":""}})",
                           " 1 ",
                           "\t{\"a\" : 1}\r\n",
                           "\"caf\xC3\xA9\""}) {
    CAPTURE(text);
    CHECK(!check_json(text));
  }
}

TEST_CASE("what is not JSON is refused where it goes wrong") {
  struct row {
    const char* text;
    std::size_t offset;
    const char* why;
  };
  const row rows[] = {
      {"", 0, "the text ends where a value is due"},
      {"tru", 0, "'tru' is not a value of JSON"},
      {"truex", 0, "'truex' is not a value of JSON"},
      {"[1,]", 3, "']' stands where a value is due"},
      {"[1 2]", 3, "',' or ']' is due here"},
      {"{\"a\":1", 0, "a map begins here and does not end"},
      {"[1", 0, "a list begins here and does not end"},
      {"{\"a\" 1}", 5, "':' is due behind a key"},
      {"{a:1}", 1, "a string in double quotes is due here"},
      {"{\"a\":1,}", 7, "a string in double quotes is due here"},
      {"01", 0, "'01' is not a value of JSON"},
      {"1.", 0, "'1.' is not a value of JSON"},
      {"-", 0, "'-' is not a value of JSON"},
      {"1e", 0, "'1e' is not a value of JSON"},
      {"+1", 0, "'+1' is not a value of JSON"},
      {"NaN", 0, "'NaN' is not a value of JSON"},
      {"\"a", 0, "a string begins here and does not end"},
      {"\"a\nb\"", 2, "a control character stands in a string without an escape"},
      {"\"\\x\"", 1, "an escape that means nothing"},
      {"\"\\u12g4\"", 1, "an escape that means nothing"},
      {"\"\\ud800\"", 1, "an escape that means nothing"},
      {"\"\\udc00\"", 1, "an escape that means nothing"},
      {"\"\xFF\"", 1, "a byte that is not UTF-8"},
      {"1 2", 2, "more text follows behind the value"},
      {"{} {}", 3, "more text follows behind the value"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    const auto problem = check_json(row.text);
    REQUIRE(problem);
    CHECK(problem->offset == row.offset);
    CHECK(problem->text == row.why);
  }
}

TEST_CASE("nested values may lie a thousand deep, no deeper") {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  CHECK(!check_json(nested(json_depth_max)));
  CHECK(check_json(nested(json_depth_max + 1)));
  CHECK(check_json(nested(1'000'000)));
}

TEST_CASE("numbers are told from other texts") {
  for (const char* text : {"0", "-0", "17", "1.50", "1e400", "-2E-3"}) CHECK(is_json_number(text));
  for (const char* text : {"", "-", "01", "1.", ".5", "+1", " 1", "1 ", "1,", "nan", "0x1", "1e"}) {
    CAPTURE(text);
    CHECK(!is_json_number(text));
  }
}

TEST_CASE("members are visited in order with the text of their value") {
  std::vector<std::string> seen;
  const auto visit = [&](std::string_view key, std::string_view value) {
    seen.push_back(std::string(key) + "=" + std::string(value));
  };
  each_json_member(R"( {"a":1, "b\n" : [1, {"c":2}] ,"":"x,}" } )", visit);
  CHECK(seen == std::vector<std::string>{"a=1", "b\\n=[1, {\"c\":2}]", "=\"x,}\""});
  seen.clear();
  each_json_member(" { } ", visit);
  CHECK(seen.empty());
}

TEST_CASE("escapes become what they stand for") {
  const auto plain = [](std::string_view text) {
    std::string out;
    CHECK(append_unescaped(out, text));
    return out;
  };
  CHECK(plain("none") == "none");
  CHECK(plain(R"(\"\\\/\b\f\n\r\t)") == "\"\\/\b\f\n\r\t");
  CHECK(plain(R"(\u0041\u00e9\u20ac\ud83d\ude00!)") == "A\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80!");
  std::string out;
  CHECK(!append_unescaped(out, "ab\\q"));
  CHECK(out == "ab");
}
