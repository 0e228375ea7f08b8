#include "runtime/expression/expression.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/runtime/expression/evaluate.hpp"

using namespace weir;
using namespace weir::testing;

namespace {

// All problems of a text, a line each: `7+1 syntax: ...`.
std::string problems_of(std::string_view text) {
  const auto made = expression::parse(text);
  if (made) return "none";
  std::string out;
  for (const auto& p : made.error())
    out +=
        fmt::format("{}{}+{} {}: {}", out.empty() ? "" : "\n", p.offset, p.length, p.code, p.text);
  return out;
}

}  // namespace

TEST_CASE("what is wrong with an expression is told at its characters, with what is meant") {
  struct row {
    std::string_view text, problems, neighbour;
  };
  const row rows[] = {
      {"lenght(x)", "0+6 unknown-function: unknown function 'lenght'; did you mean 'size'?",
       "size(x)"},
      {"x.lower()", "2+5 unknown-function: unknown function 'lower'; did you mean 'lowerAscii'?",
       "x.lowerAscii()"},
      {"x.starts_with('a')",
       "2+11 unknown-function: unknown function 'starts_with'; did you mean 'startsWith'?",
       "x.startsWith('a')"},
      {"x.containts('a')",
       "2+9 unknown-function: unknown function 'containts'; did you mean 'contains'?",
       "x.contains('a')"},
      {"quux(x)", "0+4 unknown-function: unknown function 'quux'", "string(x)"},
      {"sum(x)",
       "0+3 unknown-function: 'sum' is an aggregate function; only a stage 'aggregate' computes it",
       "sum"},
      {"status = 500", "7+1 syntax: '=' is not an operator; did you mean '=='?", "status == 500"},
      {"a <> b", "2+2 syntax: '<>' is not an operator; did you mean '!='?", "a != b"},
      {"a & b", "2+1 syntax: '&' is not an operator; did you mean '&&'?", "a && b"},
      {"a | b", "2+1 syntax: '|' is not an operator; did you mean '||'?", "a || b"},
      {"a and b", "2+3 syntax: 'and' is not an operator; did you mean '&&'?", "and && b"},
      {"not a", "0+3 syntax: 'not' is not an operator; did you mean '!'?", "not"},
      {"x is null", "2+2 syntax: 'is' is not an operator; write '== null' or '!= null'",
       "x == null"},
      {"x not in [1]", "2+3 syntax: 'not in' is not an operator; write '!(x in list)'",
       "!(x in [1])"},
      {"x =~ 'a'", "2+2 syntax: '=~' is not an operator; write 'text.matches(\"pattern\")'",
       "x.matches('a')"},
      {"'abc", "0+4 syntax: the text has no closing '", "'abc'"},
      {"'ab\nc'", "0+3 syntax: the text has no closing '\n5+1 syntax: the text has no closing '",
       "'''ab\nc'''"},
      {"`abc", "0+4 syntax: the name has no closing `", "`abc`"},
      {"``", "0+2 syntax: the name in backticks is empty", "` `"},
      {"'a\\q'",
       "2+2 syntax: '\\q' is not an escape; write '\\\\' for a backslash, or r\"...\" for a text "
       "without escapes",
       "r'a\\q'"},
      {"", "0+1 syntax: the expression is empty", "a"},
      {"1 +", "3+1 syntax: a value is missing at the end of the expression", "1 + 1"},
      {"(1 + 2", "6+1 syntax: ')' is missing before the end of the expression", "(1 + 2)"},
      {"1 + 2)", "5+1 syntax: ')' closes nothing", "1 + 2"},
      {"[1 2]", "3+1 syntax: ',' or ']' is missing before '2'", "[1, 2,]"},
      {"a[1", "3+1 syntax: ']' is missing before the end of the expression", "a[1]"},
      {"a ? 1", "5+1 syntax: ':' is missing before the end of the expression", "a ? 1 : 2"},
      {"a b", "2+1 syntax: unexpected 'b'; an operator is missing before it", "a.b"},
      {"a.", "2+1 syntax: a name is missing after '.', found the end of the expression", "a.b"},
      {"250ms > x", "0+5 syntax: '250ms' is not a number; write duration(\"250ms\")",
       "duration(\"250ms\") > x"},
      {"12abc", "0+5 syntax: '12abc' is not a number", "12"},
      {"9223372036854775808", "0+19 syntax: the number does not fit in 64 bits",
       "-9223372036854775808"},
      {"0x8000000000000000", "0+18 syntax: the number does not fit in 64 bits",
       "0x7FFFFFFFFFFFFFFF"},
      {"$x", "0+1 syntax: unexpected '$'", "x"},
      {"x == \u201Ca\u201D",
       "5+3 syntax: unexpected '\u201C'; write texts in plain quotes\n"
       "9+3 syntax: unexpected '\u201D'; write texts in plain quotes",
       "x == 'a'"},
      {"'\xff'", "1+1 syntax: the text is not UTF-8; write bytes as b\"...\"", "b'\xff'"},
      {"{'a' 1}", "5+1 syntax: ':' is missing before '1'", "{'a': 1}"},
      {"{'a': 1 'b': 2}", "8+3 syntax: ',' or '}' is missing before ''b''", "{'a': 1, 'b': 2,}"},
      {"{1: 'a'}", "1+1 type-mismatch: the key of a map must be string, found int", "{x: 'a'}"},
      {"l.all(t > 1)",
       "2+3 syntax: 'all' takes a name and a condition, as in tags.all(t, size(t) < 20)",
       "l.all(t, t > 1)"},
      {"l.map(t, t, t, t)",
       "2+3 syntax: 'map' takes a name and a value, perhaps behind a condition, as in items.map(i, "
       "i.price > 0, i.name)",
       "l.map(t, t > 1, t)"},
      {"exists(l, true)",
       "0+6 arguments: 'exists' is a method, as in tags.exists(t, t.startsWith('x-'))",
       "l.exists(t, true)"},
      {"l.any(t, t > 1)", "2+3 unknown-function: unknown function 'any'; did you mean 'exists'?",
       "l.exists(t, t > 1)"},
      {"'abc'.all(t, t > 1)", "0+5 type-mismatch: 'all' goes through lists and maps, found string",
       "['abc'].all(t, t > 1)"},
      {"l.filter(t, 1)", "12+1 type-mismatch: 'filter' takes bool, found int",
       "l.filter(t, t == 1)"},
      {"math.flor(x)",
       "0+9 unknown-function: unknown function 'math.flor'; did you mean 'math.floor'?",
       "math.floor(x)"},
      {"floor(x)", "0+5 unknown-function: unknown function 'floor'; did you mean 'math.floor'?",
       "math.size()"},
      {"math.greatest()",
       "0+13 arguments: 'math.greatest' takes at least 1 argument, found none, as in "
       "math.greatest(duration_ms, 1)",
       "math.greatest(1, 2.5, x)"},
      {"s.replace('a')",
       "2+7 arguments: 'replace' takes 2 or 3 arguments, found 1, as in path.replace('/', '.')",
       "s.replace('a', 'b', 1)"},
      {"size()", "0+4 arguments: 'size' takes 1 argument, found 0, as in size(name)", "x.size()"},
      {"contains(x, 'a')", "0+8 arguments: 'contains' is a method, as in path.contains('/api/')",
       "x.contains('a')"},
      {"x.bool()", "2+4 arguments: 'bool' is not a method, as in bool(flag)", "bool(x)"},
      {"has(x + 1)", "0+3 arguments: 'has' takes a column or a path, as in has(user.id)",
       "has(x[1].y)"},
      {"x.matches('a(')", "10+4 pattern: 'a(' is not a regular expression: missing ): a(",
       "x.matches('a[(]')"},
      {"timestamp('today')",
       "10+7 not-a-timestamp: 'today' is not a timestamp; write it as in '2026-03-01T12:00:00Z' or "
       "'2026-03-01T12:00:00.5+01:00'",
       "timestamp('2026-03-01T12:00:00Z')"},
      {"t.getHours('Europe/Berln')",
       "11+14 time-zone: unknown time zone 'Europe/Berln'; did you mean 'Europe/Berlin'?",
       "t.getHours('Europe/Berlin')"},
      {"'a' + 1",
       "0+7 type-mismatch: '+' does not take string and int; write string(x) to join texts",
       "'a' + string(1)"},
      {"1 < 'a'", "0+7 type-mismatch: '<' does not take int and string", "1 < 1.5"},
      {"1 == 'a'", "0+8 type-mismatch: int and string are never equal", "1 == null"},
      {"true && 1", "8+1 type-mismatch: '&&' takes bool, found int", "true && null"},
      {"!1", "0+2 type-mismatch: '!' does not take int", "!false"},
      {"-'a'", "0+4 type-mismatch: '-' does not take string", "-1.5"},
      {"x == True",
       "5+4 unknown-literal: 'True' is no literal; did you mean 'true'? (a column stands in "
       "backticks)",
       "x == `True`"},
      {"x == FALSE",
       "5+5 unknown-literal: 'FALSE' is no literal; did you mean 'false'? (a column stands in "
       "backticks)",
       "x == `FALSE`"},
      {"x == Null",
       "5+4 unknown-literal: 'Null' is no literal; did you mean 'null'? (a column stands in "
       "backticks)",
       "x == `Null`"},
      {"x == None",
       "5+4 unknown-literal: 'None' is no literal; did you mean 'null'? (a column stands in "
       "backticks)",
       "x == `None`"},
      {"x == nil",
       "5+3 unknown-literal: 'nil' is no literal; did you mean 'null'? (a column stands in "
       "backticks)",
       "x == `nil`"},
      {"x == undefined",
       "5+9 unknown-literal: 'undefined' is no literal; did you mean 'null'? (a column stands in "
       "backticks)",
       "x == `undefined`"},
      {"1 ? 2 : 3", "0+1 type-mismatch: the condition before '?' must be bool, found int",
       "true ? 2 : 3"},
      {"5 % 1.5", "0+7 type-mismatch: '%' does not take int and double", "5 % 1"},
      {"x in 'abc'",
       "0+10 type-mismatch: 'in' looks into lists and maps, found string; write "
       "'text.contains(\"part\")'",
       "x in ['abc']"},
      {"'a'.b", "0+3 type-mismatch: string has no fields or items", "a.b"},
      {"size(1)", "5+1 type-mismatch: 'size' does not take int; it takes string, bytes or json",
       "size([1])"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    CHECK(problems_of(row.text) == row.problems);
    CHECK(problems_of(row.neighbour) == "none");
  }
}

TEST_CASE("all problems are told at once, in order of their place") {
  CHECK(problems_of("a == 'b' and size(1) = lenght(c) or x.matches('(')") ==
        "9+3 syntax: 'and' is not an operator; did you mean '&&'?\n"
        "18+1 type-mismatch: 'size' does not take int; it takes string, bytes or json\n"
        "21+1 syntax: '=' is not an operator; did you mean '=='?\n"
        "23+6 unknown-function: unknown function 'lenght'; did you mean 'size'?\n"
        "33+2 syntax: 'or' is not an operator; did you mean '||'?\n"
        "46+3 pattern: '(' is not a regular expression: missing ): (");
}

TEST_CASE("nesting and length are bounded") {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '(') + "1" + std::string(depth, ')');
  };
  CHECK(problems_of(nested(90)) == "none");
  CHECK(problems_of(nested(101)) == "100+1 syntax: the expression nests deeper than 100 steps");
  CHECK(problems_of(std::string(5000, '!') + "a").ends_with("nests deeper than 100 steps"));
  const auto repeated = [](std::string_view term, std::size_t times) {
    std::string text = "a";
    for (std::size_t i = 0; i < times; ++i) text += term;
    return text;
  };
  CHECK(problems_of(repeated(" + 1", 200)) == "none");
  CHECK(problems_of(repeated(" + 1", 300)).ends_with("nests deeper than 250 steps"));
  CHECK(problems_of(repeated(".b", 300)).ends_with("nests deeper than 250 steps"));
  // Programs write long conditions: these do not nest.
  CHECK(problems_of(repeated(" == 1 || a", 2000)) == "none");
  CHECK(problems_of(repeated(" == 1 && a", 2000)) == "none");
  CHECK(problems_of(std::string(64 * 1024 + 1, ' ')) ==
        "65536+1 syntax: the expression is longer than 65536 bytes");
}

TEST_CASE("the columns of an expression are told once each, in order of first use") {
  const auto made = parsed("b.c['d e'] > a && a != b.c || has(x[0].y) || _line > 1 || `q r` in l");
  std::string told;
  for (const auto& use : made.columns())
    told += fmt::format("{}@{} ", to_text(use.path), use.offset);
  CHECK(told == "b.c.`d e`@0 a@13 b.c@23 x@34 `q r`@58 l@67 ");
}

TEST_CASE("strings and bytes are written with CEL's escapes, quotes and prefixes") {
  struct row {
    std::string_view text, value;
  };
  const row rows[] = {
      {R"('it\'s')", "string \"it's\""},
      {R"("\a\b\f\v\?\`")", R"(string "\u0007\b\f\u000b?`")"},
      {R"("\n\r\t\"\\")", R"(string "\n\r\t\"\\")"},
      {R"('\x41\X42\u0043\U00000044\105')", "string \"ABCDE\""},
      {R"('\xe9')", "string \"\u00e9\""},
      {R"(b'\xe9\351')", "bytes \"6ek=\""},
      {R"(r'\d+')", R"(string "\\d+")"},
      {R"(R"\")", R"(string "\\")"},
      {R"("""a "quoted" 'text'""")", R"(string "a \"quoted\" 'text'")"},
      {"'''two\nlines'''", R"(string "two\nlines")"},
      {R"(br'\x')", "bytes \"XHg=\""},
      {R"(rb'\x')", "bytes \"XHg=\""},
      {"b'\u00ff'", "bytes \"w78=\""},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    CHECK(value_of(row.text) == row.value);
  }
  for (const char* bad : {R"('\x4')", R"('\u12')", R"('\ud800')", R"('\U00110000')", R"('\8')",
                          R"('\400')", R"(b'\u0041')", R"('\')"}) {
    CAPTURE(bad);
    CHECK(problems_of(bad) != "none");
  }
}
