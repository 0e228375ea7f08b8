#include <doctest/doctest.h>

#include "runtime/expression/code_points.hpp"
#include "tests/runtime/expression/evaluate.hpp"

using namespace weir;
using namespace weir::testing;

TEST_CASE("texts are searched and cut by characters") {
  const auto over =
      chunk_of(R"({"s": "tacocat", "u": "\u00dcber \ud83d\ude00!", "n": null, "i": 2})");
  const text_value rows[] = {
      {"s.charAt(3)", "string \"o\""},
      {"s.charAt(7)", "string \"\""},
      {"s.charAt(8)", "out-of-range"},
      {"s.charAt(-1)", "out-of-range"},
      {"u.charAt(0)", "string \"\u00dc\""},
      {"u.charAt(5)", "string \"\U0001F600\""},
      {"s.indexOf('')", "int 0"},
      {"s.indexOf('ac')", "int 1"},
      {"s.indexOf('none')", "int -1"},
      {"s.indexOf('', 3)", "int 3"},
      {"s.indexOf('a', 3)", "int 5"},
      {"s.indexOf('at', 3)", "int 5"},
      {"s.indexOf('t', 7)", "int -1"},
      {"s.indexOf('t', -1)", "out-of-range"},
      {"u.indexOf('!')", "int 6"},
      {"u.indexOf('e', i)", "int 2"},
      {"s.lastIndexOf('')", "int 7"},
      {"s.lastIndexOf('at')", "int 5"},
      {"s.lastIndexOf('none')", "int -1"},
      {"s.lastIndexOf('', 3)", "int 3"},
      {"s.lastIndexOf('a', 3)", "int 1"},
      {"s.lastIndexOf('t', 6)", "int 6"},
      {"s.lastIndexOf('t', 7)", "int -1"},
      {"s.lastIndexOf('t', -1)", "out-of-range"},
      {"u.lastIndexOf('\U0001F600')", "int 5"},
      {"s.substring(4)", "string \"cat\""},
      {"s.substring(7)", "string \"\""},
      {"s.substring(0, 4)", "string \"taco\""},
      {"s.substring(4, 4)", "string \"\""},
      {"u.substring(4, 6)", "string \" \U0001F600\""},
      {"s.substring(40)", "out-of-range"},
      {"s.substring(-1)", "out-of-range"},
      {"s.substring(1, 50)", "out-of-range"},
      {"s.substring(49, 50)", "out-of-range"},
      {"s.substring(4, 3)", "out-of-range"},
      {"n.substring(1)", "null"},
      {"s.substring(n)", "null"},
      {"i.charAt(0)", "type-mismatch"},
  };
  check_values(*over, rows);
  CHECK(!expression::parse("s.substring('1')"));
}

TEST_CASE("texts are replaced, turned, parted and joined") {
  const auto over =
      chunk_of(R"({"s": "hello hello", "l": ["a", "b", ""], "u": "\u00e9\ud83d\ude00",)"
               R"( "bad": ["a", 1], "i": 1})");
  const text_value rows[] = {
      {"s.replace('he', 'we')", "string \"wello wello\""},
      {"s.replace('he', 'we', -1)", "string \"wello wello\""},
      {"s.replace('he', 'we', 1)", "string \"wello hello\""},
      {"s.replace('he', 'we', 0)", "string \"hello hello\""},
      {"s.replace('', '_')", "string \"_h_e_l_l_o_ _h_e_l_l_o_\""},
      {"s.replace('', '_', 2)", "string \"_h_ello hello\""},
      {"u.replace('', '-')", "string \"-\u00e9-\U0001F600-\""},
      {"''.replace('', 'x')", "string \"x\""},
      {"s.replace('hello', '')", "string \" \""},
      {"s.replace('o', '0', i)", "string \"hell0 hello\""},
      {"'gums'.reverse()", "string \"smug\""},
      {"u.reverse()", "string \"\U0001F600\u00e9\""},
      {"''.reverse()", "string \"\""},
      {"s.split(' ')", "[\"hello\",\"hello\"]"},
      {"s.split(' ', 0)", "[]"},
      {"s.split(' ', 1)", "[\"hello hello\"]"},
      {"s.split('l', 3)", "[\"he\",\"\",\"o hello\"]"},
      {"s.split('x')", "[\"hello hello\"]"},
      {"u.split('')", "[\"\u00e9\",\"\U0001F600\"]"},
      {"s.split('', 2)", "[\"h\",\"ello hello\"]"},
      {"''.split('')", "[]"},
      {"''.split(',')", "[\"\"]"},
      {"l.join()", "string \"ab\""},
      {"l.join('-')", "string \"a-b-\""},
      {"[].join('-')", "string \"\""},
      {"s.split('l').join('L')", "string \"heLLo heLLo\""},
      {"bad.join()", "type-mismatch"},
      {"s.join()", "type-mismatch"},
      {"missing.join()", "null"},
      {"strings.quote('a\\n\"b\\\\\\t\u00e9')",
       "string \"\\\"a\\\\n\\\\\\\"b\\\\\\\\\\\\t\u00e9\\\"\""},
      {"strings.quote(i)", "type-mismatch"},
  };
  check_values(*over, rows);
}

TEST_CASE("a column may be called like a namespace") {
  const auto over = chunk_of(R"({"strings": "abc", "math": {"abs": -1}})");
  const text_value rows[] = {
      {"strings.size()", "int 3"},
      {"strings.upperAscii()", "string \"ABC\""},
      {"math.abs", "int -1"},
      {"math.abs(math.abs)", "int 1"},
  };
  check_values(*over, rows);
}

TEST_CASE("a result that no record could hold is refused") {
  const auto over = chunk_of(R"({"s": "0123456789012345678901234567890123456789"})");
  // 40 characters, each one replaced by 40, four times over, are 100 million.
  const std::string once = ".replace('', s)";
  CHECK(evaluated_over("size(s" + once + ")", *over) == "int 1680");
  CHECK(evaluated_over("size(s" + once + once + once + once + ")", *over) == "too-long");
}

TEST_CASE("format fills the clauses of a text with the items of a list") {
  const auto over =
      chunk_of(R"({"l": ["x", 2, 1.50, null, true, [1], {"k": "v"}], "f": "%s", "i": 7,)"
               R"( "n": null})");
  const text_value rows[] = {
      {"'no clause'.format([])", "string \"no clause\""},
      {"'%s %s'.format(['a', 1])", "string \"a 1\""},
      {"'%d %s'.format([i, n])", "string \"7 null\""},
      {"'100%%'.format([])", "string \"100%\""},
      {"'%%s'.format([1])", "string \"%s\""},
      {"'%s|%s|%s|%s|%s|%s|%s'.format(l)",
       "string \"x|2|1.50|null|true|[1]|{\\\"k\\\": \\\"v\\\"}\""},
      {"'%s'.format([2.0])", "string \"2\""},
      {"'%s'.format([timestamp('2026-03-01T12:00:00Z')])", "string \"2026-03-01T12:00:00Z\""},
      {"'%s'.format([duration('90s')])", "string \"90s\""},
      {"'%d'.format([-5])", "string \"-5\""},
      {"'%d'.format([1.5])", "type-mismatch"},
      {"'%d'.format(['x'])", "type-mismatch"},
      {"'%f'.format([1.5])", "string \"1.500000\""},
      {"'%.2f'.format([2])", "string \"2.00\""},
      {"'%.0f'.format([2.5])", "string \"2\""},
      {"'%.3e'.format([1234.5678])", "string \"1.235e+03\""},
      {"'%f'.format([1.0 / 0.0])", "string \"Infinity\""},
      {"'%f'.format(['1'])", "type-mismatch"},
      {"'%b %b'.format([5, true])", "string \"101 1\""},
      {"'%b'.format([-5])", "string \"-101\""},
      {"'%o'.format([8])", "string \"10\""},
      {"'%x %X'.format([255, 255])", "string \"ff FF\""},
      {"'%x'.format(['Hello'])", "string \"48656c6c6f\""},
      {"'%X'.format([b'\\xff\\x0a'])", "string \"FF0A\""},
      {"'%x'.format([1.5])", "type-mismatch"},
      {"'%s'.format([b'abc'])", "string \"abc\""},
      {"'%s'.format([b'\\xff'])", "type-mismatch"},
      {"f.format([i])", "string \"7\""},
      {"'%s %s'.format([1])", "format"},
      {"'%s'.format([1, 2])", "string \"1\""},
      {"'%q'.format([1])", "format"},
      {"'%'.format([1])", "format"},
      {"'%.2s'.format([1])", "format"},
      {"'%.999f'.format([1])", "format"},
      {"i.format([1])", "type-mismatch"},
      {"n.format([1])", "null"},
      {"f.format(i)", "type-mismatch"},
  };
  check_values(*over, rows);
}

TEST_CASE("characters are counted in texts of every length") {
  // Of one, two, three and four bytes, in turns.
  const std::string_view characters[] = {"a", "\u00e9", "\u20ac", "\U0001F600"};
  for (std::size_t first = 0; first < 4; ++first) {
    std::string text;
    for (std::int64_t count = 0; count < 40; ++count) {
      CAPTURE(text);
      CHECK(code_points(text) == count);
      CHECK(byte_of(text, count) == text.size());
      CHECK(!byte_of(text, count + 1));
      CHECK(!byte_of(text, -1));
      text += characters[(first + static_cast<std::size_t>(count * count / 3)) % 4];
    }
  }
}
