#include "pipelines/spec/pipeline_test.hpp"

#include <doctest/doctest.h>

#include "pipelines/spec/yaml_reader.hpp"

namespace weir {
namespace {

std::vector<pipeline_test> read(std::string_view text, problems& found) {
  const auto value = read_yaml(text, "p.yaml", found);
  REQUIRE(value);
  return read_pipeline_tests(*value, found);
}

std::string problems_of(std::string_view text) {
  problems found;
  read(text, found);
  std::string out;
  for (const auto& p : found.all()) out += to_text(p) + "\n";
  return out;
}

}  // namespace

TEST_CASE("a test is read with its records as JSON") {
  problems found;
  const auto tests = read(R"(
- name: slow requests are kept
  input:
    access:
      - {status: 500, ms: 1.50, host: a, ok: true, none: ~, quoted: "5", odd: 0x1F, tags: [x, 1]}
      - {request: {path: /a b, "a\"b": 007}}
  output:
    filter: []
    access.rejected: |
      {"a": 1}

      {"b": [1, 2.0]}
  rejected:
    - {stage: parse, reason: no match}
- name: nothing is refused
  output: {print: []}
)",
                          found);
  CHECK(found.all().empty());
  REQUIRE(tests.size() == 2);
  CHECK(tests[0].name == "slow requests are kept");
  REQUIRE(tests[0].inputs.size() == 1);
  CHECK(tests[0].inputs[0].stage == "access");
  CHECK(tests[0].inputs[0].lines ==
        std::vector<std::string>{R"({"status":500,"ms":1.50,"host":"a","ok":true,"none":null,)"
                                 R"("quoted":"5","odd":"0x1F","tags":["x",1]})",
                                 R"({"request":{"path":"/a b","a\"b":"007"}})"});
  REQUIRE(tests[0].expected.size() == 2);
  CHECK(tests[0].expected[0].stage == "filter");
  CHECK(tests[0].expected[0].port == "");
  CHECK(tests[0].expected[0].lines.empty());
  CHECK(tests[0].expected[1].port == "rejected");
  CHECK(tests[0].expected[1].lines ==
        std::vector<std::string>{R"({"a": 1})", R"({"b": [1, 2.0]})"});
  REQUIRE(tests[0].rejected.size() == 1);
  CHECK(tests[0].rejected[0].stage == "parse");
  CHECK(tests[0].rejected[0].reason == "no match");
  CHECK(tests[0].checks_rejected);
  CHECK(!tests[1].checks_rejected);
}

TEST_CASE("expected records are conditions or a file, too, and a test asks for schedules") {
  problems found;
  const auto tests = read(R"(
- name: t
  seeds: 20
  input: {a: {file: in.csv}}
  output:
    b: {count: 0}
    c: {each: [n > 1, n < 3], any: n == 2, none: x == 1}
    d: {file: d.ndjson}
)",
                          found);
  CHECK(found.all().empty());
  REQUIRE(tests.size() == 1);
  CHECK(tests[0].seeds == 20);
  REQUIRE(tests[0].inputs[0].file);
  CHECK(tests[0].inputs[0].file->path == "in.csv");
  const auto& expected = tests[0].expected;
  REQUIRE(expected.size() == 3);
  CHECK(expected[0].has_conditions);
  CHECK(expected[0].count == 0U);
  CHECK(expected[0].conditions.empty());
  std::string all;
  for (const auto& condition : expected[1].conditions)
    all += std::string(name_of(condition.what)) + " " + condition.value.text() + "; ";
  CHECK(all == "each n > 1; each n < 3; any n == 2; none x == 1; ");
  CHECK_FALSE(expected[1].count);
  REQUIRE(expected[2].file);
  CHECK(expected[2].file->place.line == 8);
  CHECK_FALSE(expected[2].has_conditions);
}

TEST_CASE("what is no test is refused") {
  struct row {
    const char *text, *told;
  };
  const row rows[] = {
      {"{name: x}", "p.yaml:1:1: 'tests' is a list of tests, not a map\n"},
      {"[x]",
       "p.yaml:1:2: test 1: a test is a map with 'name', 'input', 'output', 'rejected' or "
       "'seeds', not 'x'\n"},
      {"- output: {}", "p.yaml:1:3: test 1: 'name' is missing\n"},
      {"- {name: x}", "p.yaml:1:3: test 'x': it expects nothing; give 'output' or 'rejected'\n"},
      {"- {name: x, output: {}, inptu: {}}",
       "p.yaml:1:25: test 'x': unknown key 'inptu'; did you mean 'input'?\n"},
      {"- {name: x, output: {a: {b: 1}}}",
       "p.yaml:1:26: test 'x', 'output', 'a': unknown key 'b'; records are a list of maps, and a "
       "map has 'file', 'count', 'each', 'any' or 'none'\n"},
      {"- {name: x, output: {a: {}}}",
       "p.yaml:1:25: test 'x', 'output', 'a': an empty map says nothing; no records are an empty "
       "list, '[]'\n"},
      {"- {name: x, output: {a: {file: b, count: 1}}}",
       "p.yaml:1:25: test 'x', 'output', 'a': 'file' gives all records, and stands alone\n"},
      {"- {name: x, output: {a: {file: [b]}}}",
       "p.yaml:1:32: test 'x', 'output', 'a': 'file' is the name of a file of records, not a "
       "list\n"},
      {"- {name: x, output: {a: {counts: 1}}}",
       "p.yaml:1:26: test 'x', 'output', 'a': unknown key 'counts'; did you mean 'count'?\n"},
      {"- {name: x, output: {a: {count: -1}}}",
       "p.yaml:1:33: test 'x', 'output', 'a': 'count' is a number of records, not '-1'\n"},
      {"- {name: x, output: {a: {each: {b: 1}}}}",
       "p.yaml:1:32: test 'x', 'output', 'a': 'each' is an expression or a list of them, not a "
       "map\n"},
      {"- {name: x, output: {a: {any: [n > 1, lenght(n) > 1]}}}",
       "p.yaml:1:39: test 'x', 'output', 'a', 'any': unknown function 'lenght'; did you mean "
       "'size'?\n"},
      {"- {name: x, output: {a: ~}}",
       "p.yaml:1:25: test 'x', 'output', 'a': records are a list of maps, a text of JSON objects "
       "or {file: PATH}, not nothing; no records are '[]'\n"},
      {"- {name: x, output: {}, input: {a: {count: 1}}}",
       "p.yaml:1:37: test 'x', 'input', 'a': unknown key 'count'; records are a list of maps, and "
       "a map has 'file'\n"},
      {"- {name: x, output: {}, seeds: many}",
       "p.yaml:1:32: test 'x': 'seeds' is a number of random schedules, up to 1000000, not "
       "'many'\n"},
      {"- {name: x, output: {}, seeds: 1000001}",
       "p.yaml:1:32: test 'x': 'seeds' is a number of random schedules, up to 1000000, not "
       "'1000001'\n"},
      {"- {name: x, output: {a: [5]}}",
       "p.yaml:1:26: test 'x', 'output', 'a': '5' is not a record, as in {status: 500}\n"},
      {"- {name: x, output: {}, input: {a.b: []}}",
       "p.yaml:1:33: test 'x', 'input', 'a.b': records are put in at a source, which has no "
       "port\n"},
      {"- name: x\n  output:\n    a: |\n      {}\n      {\n",
       "p.yaml:5:7: test 'x', 'output', 'a': '{' is not one JSON object\n"},
      {"- {name: x, rejected: [{stage: a}]}",
       "p.yaml:1:24: test 'x', 'rejected': 'reason' is missing\n"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    CHECK(problems_of(row.text) == row.told);
  }
}

}  // namespace weir
