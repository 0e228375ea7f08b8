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
