#include "pipelines/spec/yaml_reader.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <string>

namespace weir {
namespace {

// The values with their places, on one line.
std::string shown(const config_value& value) {
  std::string out = fmt::format("{}:{}", value.place.start.line, value.place.start.column);
  switch (value.what) {
    case config_value::kind::null:
      return out + " null";
    case config_value::kind::scalar: {
      const char* styles[] = {"", "q", "b"};
      return fmt::format("{} {}<{}>", out, styles[static_cast<int>(value.place.style)], value.text);
    }
    case config_value::kind::list:
      for (const auto& item : value.items) out += fmt::format(" [{}]", shown(item));
      return out;
    case config_value::kind::map:
      for (const auto& entry : value.entries)
        out += fmt::format(" {{{}:{} {}: {}}}", entry.key_place.line, entry.key_place.column,
                           entry.key, shown(entry.value));
      return out;
  }
  return out;
}

std::string told(const problems& found) {
  std::string out;
  for (const auto& p : found.all()) out += fmt::format("{} {}\n", p.code, to_text(p));
  return out;
}

std::string read(std::string_view text) {
  problems found;
  const auto value = read_yaml(text, "", found);
  CHECK(told(found) == "");
  return value ? shown(*value) : "nothing";
}

std::string problems_of(std::string_view text) {
  problems found;
  read_yaml(text, "p.yaml", found);
  return told(found);
}

}  // namespace

TEST_CASE("a YAML text becomes values with their places") {
  struct row {
    const char *text, *values;
  };
  const row rows[] = {
      {"", "1:1 null"},
      {"# only a comment\n", "1:1 null"},
      {"a: 1\nb: 'x'\n", "1:1 {1:1 a: 1:4 <1>} {2:1 b: 2:4 q<x>}"},
      {"{a: 1, b: [x, \"y\"]}", "1:1 {1:2 a: 1:5 <1>} {1:8 b: 1:11 [1:12 <x>] [1:15 q<y>]}"},
      {"a:\n  - 1\n  - b: 2\n", "1:1 {1:1 a: 2:3 [2:5 <1>] [3:5 {3:5 b: 3:8 <2>}]}"},
      {"a: |\n  x\n  y\nb: 1", "1:1 {1:1 a: 1:4 b<x\ny\n>} {4:1 b: 4:4 <1>}"},
      {"a: x\n  y\n", "1:1 {1:1 a: 1:4 b<x y>}"},
      {"a: \"x\\ty\"", "1:1 {1:1 a: 1:4 q<x\ty>}"},
      {"'k': v", "1:1 {1:1 k: 1:6 <v>}"},
      {"\xEF\xBB\xBF"
       "a: 1",
       "1:1 {1:1 a: 1:4 <1>}"},
      {"a: 1\r\nb: 2\r\n", "1:1 {1:1 a: 1:4 <1>} {2:1 b: 2:4 <2>}"},
      {"\xC3\xA9\xC3\xA9: {b: 1}", "1:1 {1:1 \xC3\xA9\xC3\xA9: 1:5 {1:6 b: 1:9 <1>}}"},
      {"--- \na: 1\n", "2:1 {2:1 a: 2:4 <1>}"},
      {"a: &x  # why\n  - 1\n", "1:1 {1:1 a: 2:3 [2:5 <1>]}"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    CHECK(read(row.text) == row.values);
  }
}

TEST_CASE("a null stands at its text or where a value is missing") {
  struct row {
    const char *text, *values;
  };
  const row rows[] = {
      {"a: ~", "1:1 {1:1 a: 1:4 null}"},
      {"a: null\nb: NULL", "1:1 {1:1 a: 1:4 null} {2:1 b: 2:4 null}"},
      {"a:\nb: 1", "1:1 {1:1 a: 1:2 null} {2:1 b: 2:4 <1>}"},
      {"a:\nnullable: 1", "1:1 {1:1 a: 1:2 null} {2:1 nullable: 2:11 <1>}"},
      {"a: # none\n\n# none\nb: 1", "1:1 {1:1 a: 1:2 null} {4:1 b: 4:4 <1>}"},
      {"a:\n", "1:1 {1:1 a: 1:2 null}"},
      {"- # none\n- 1", "1:1 [1:1 null] [2:3 <1>]"},
      {"{a: , b: ~}", "1:1 {1:2 a: 1:3 null} {1:7 b: 1:10 null}"},
      {"a: 'null'", "1:1 {1:1 a: 1:4 q<null>}"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    CHECK(read(row.text) == row.values);
  }
}

TEST_CASE("an alias is a copy of its anchor's value, placed at the alias") {
  CHECK(read("a: &x {k: [1, 'q']}\nb: *x\n") ==
        "1:1 {1:1 a: 1:7 {1:8 k: 1:11 [1:12 <1>] [1:15 q<q>]}} "
        "{2:1 b: 2:4 {2:4 k: 2:4 [2:4 <1>] [2:4 q<q>]}}");
  CHECK(read("- &a 1\n- &b [*a]\n- *b\n") == "1:1 [1:6 <1>] [2:6 [2:7 <1>]] [3:3 [3:3 <1>]]");
  CHECK(read("- &a k\n- {*a : 1}\n") == "1:1 [1:6 <k>] [2:3 {2:4 k: 2:9 <1>}]");
  CHECK(problems_of("a: &x [*x]") ==
        "yaml-syntax p.yaml:1:8: an alias stands inside the value it stands for\n");
}

TEST_CASE("each character of a scalar has its place, however it is written") {
  // The text, and the place of the '@' in the value of its only key.
  struct row {
    const char *text, *place;
  };
  const row rows[] = {
      {"a: bc@", "1:6"},
      {"a: 'bc@'", "1:7"},
      {"a: 'it''s @'", "1:11"},
      {"a: \"x == \\\"y\\\" @\"", "1:16"},
      {"a: \"\\u00e9\\x41@\"", "1:15"},
      {"a: \"\\u0040\"", "1:5"},
      {"a: |\n  b\n  c @\n", "3:5"},
      {"a: |-\n\n\n  b\n\n    c @\n", "6:7"},
      {"a: |2\n    b @\n", "2:7"},
      {"a: >\n  b\n  c @\n", "3:5"},
      {"a: >-  # why\n  b\n\n  c @\n", "4:5"},
      {"a: b\n   c\n\n   @", "4:4"},
      {"a: \"b\n   c \\\n  d@\"", "3:4"},
      {"a: 'b  \n   c@'", "2:5"},
      {"a: |\r\n  b\r\n  @\r\n", "3:3"},
      {"b: &x [c@]\na: *x", "2:4"},
      {"a: '\xC3\xA9\xC3\xA9@'", "1:7"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    problems found;
    const auto read = read_yaml(row.text, "", found);
    REQUIRE(read);
    const config_value* value = read->find("a");
    REQUIRE(value);
    if (value->is_list()) value = &value->items[0];
    const auto place = value->place.at(value->text, value->text.find('@'));
    CHECK(fmt::format("{}:{}", place.line, place.column) == row.place);
  }
}

TEST_CASE("the end of a block is behind its last character") {
  problems found;
  const auto read = read_yaml("a: >\n  b\n  c >=\n\nb: 1\n", "", found);
  REQUIRE(read);
  const config_value* a = read->find("a");
  REQUIRE(a->text == "b c >=\n");
  const auto end = a->place.at(a->text, a->text.size());
  CHECK(end.line == 3);
  CHECK(end.column == 7);
}

TEST_CASE("what a YAML parser lets pass is refused with its place") {
  struct row {
    const char *text, *told;
  };
  const row rows[] = {
      {"a: 1\nb: 2\na: 3\n",
       "duplicate-key p.yaml:3:1: key 'a' stands here for the second time; the first is at 1:1\n"},
      {"x: &x {a: 1}\ny:\n  <<: *x\n",
       "merge-key p.yaml:3:3: '<<' (merge) is not taken; write the keys out, or give a whole value "
       "an anchor and use it as 'key: *anchor'\n"},
      {"where: !done && x\n",
       "yaml-tag p.yaml:1:8: a value that begins with '!' is read as a YAML tag, here '!done', and "
       "tags are not taken; put quotes around it\n"},
      {"a: !!str 5\n",
       "yaml-tag p.yaml:1:4: a value that begins with '!' is read as a YAML tag, here '!!str', and "
       "tags are not taken; put quotes around it\n"},
      {"? [a]\n: b\n", "odd-key p.yaml:1:3: a list stands where a key is wanted\n"},
      {"a: 1\n---\nb: 2\n",
       "second-document p.yaml:2:1: a second document begins here; a file holds one\n"},
      {"- a\nb: 1\n",
       "second-document p.yaml:2:1: this line belongs to nothing above it; indent it like the "
       "lines it goes with\n"},
      {"a: x\x04y\n", "not-text p.yaml:1:5: byte 0x04 is not part of a text in UTF-8\n"},
      {"a: caf\xE9 au lait\n", "not-text p.yaml:1:7: byte 0xE9 is not part of a text in UTF-8\n"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    CHECK(problems_of(row.text) == row.told);
  }
  CHECK(read("'<<': 1") == "1:1 {1:1 <<: 1:7 <1>}");
}

TEST_CASE("a syntax problem says what a user can mend") {
  struct row {
    const char *text, *place, *told;
  };
  const row rows[] = {
      {"a: 1\n\tb: 2\n", "2:1", "a tab stands in the indentation, where YAML takes spaces only"},
      {"a: \"x\nb: 2\n", "1:4", "the quote that opens here is never closed"},
      {"a: 'x\nb: 2\n", "1:4", "the quote that opens here is never closed"},
      {"a: b: c\n", "1:5", "a second ': ' on one line; put quotes around a value that holds one"},
      {"a: 1\n  b: 2\n", "2:3",
       "this line is indented deeper than the one above it, which has its value already"},
      {"a:1\nb: 2\n", "1:2", "a key's ':' needs a space behind it"},
      {"a: 1\nb\nc: 2\n", "2:1", "'b' is no key, as it has no ':' behind it"},
      {"a: [1, 2\nb: 3\n", "1:4", "the '[' that opens here is never closed"},
      {"a: {x: 1\nb: 3\n", "1:4", "the '{' that opens here is never closed"},
      {"{where: a[0] == 1}\n", "1:10",
       "'[' can't stand here; put quotes around a value that holds it"},
      {"{a: 'x' b: 1}", "1:9", "a ',' is missing before this, or quotes around the whole value"},
      {"a: @x\n", "1:4", "a value that begins with '@' needs quotes"},
      {"where: \"a\" == b\n", "1:12",
       "more text behind a closing quote; put quotes around the whole value"},
      {"a: 'it's'\n", "1:8", "more text behind a closing quote; put quotes around the whole value"},
      {"path: *.csv\n", "1:7",
       "a value that begins with '*' is read as an alias, and there is no anchor '.csv'; put "
       "quotes "
       "around it"},
      {"a: \"\\d+\"\n", "1:5",
       "a backslash in double quotes begins an escape, and this is none; write it twice or use "
       "single quotes"},
      {"a: 1\n}\n", "2:1", "'}' closes nothing"},
      {"a: |x\n  b\n", "1:5", "a text after '|' or '>' begins on the next line"},
      {"s:\n- t: x\n  a: 1\n b: 2\n", "4:2", "this line is indented like none above it"},
      {"a: - b\n", "1:4",
       "'- ' begins a list, which goes on lines of its own; put quotes around a text"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    CHECK(problems_of(row.text) == fmt::format("yaml-syntax p.yaml:{}: {}\n", row.place, row.told));
  }
}

TEST_CASE("a syntax problem stands alone") {
  CHECK(problems_of("a: 1\na: 2\nb: !x 1\nc: @\n") ==
        "yaml-syntax p.yaml:4:4: a value that begins with '@' needs quotes\n");
}

TEST_CASE("a file beyond the limits is refused, one within them is read") {
  SUBCASE("nodes once aliases are written out") {
    std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
    for (int i = 1; i <= 8; ++i) {
      bomb += fmt::format("a{}: &a{} [", i, i);
      for (int k = 0; k < 10; ++k) bomb += fmt::format("*a{}, ", i - 1);
      bomb += "]\n";
    }
    CHECK(problems_of(bomb) ==
          "too-large p.yaml:5:45: more than 100000 keys and values once aliases are written out\n");
  }
  SUBCASE("nodes as written") {
    std::string many = "[";
    for (std::size_t i = 1; i < yaml_nodes_max; ++i) many += "x,";
    CHECK(problems_of(many + "]") == "");
    CHECK(problems_of(many + "x,]") ==
          "too-large p.yaml:1:200000: more than 100000 keys and values\n");
  }
  SUBCASE("depth") {
    const auto nested = [](std::size_t depth) {
      return std::string(depth, '[') + std::string(depth, ']');
    };
    CHECK(problems_of(nested(yaml_depth_max)) == "");
    CHECK(problems_of(nested(yaml_depth_max + 1)) ==
          "too-large p.yaml:1:101: lists and maps stand in each other more than 100 deep\n");
    CHECK(problems_of("a: &a " + nested(60) + "\nb: " + std::string(41, '[') + "*a" +
                      std::string(41, ']')) ==
          "too-large p.yaml:2:45: lists and maps stand in each other more than 100 deep\n");
  }
  SUBCASE("bytes") {
    CHECK(problems_of("a: " + std::string(yaml_bytes_max - 3, 'x')) == "");
    CHECK(problems_of("a: " + std::string(yaml_bytes_max - 2, 'x')) ==
          "too-large p.yaml:1:1: 1048577 bytes; a file holds at most 1048576\n");
  }
}

}  // namespace weir
