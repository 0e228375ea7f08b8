#include "pipelines/trial/pipeline_trial.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "actors/builtin_stages.hpp"
#include "pipelines/assemble/assemble.hpp"
#include "pipelines/trial/json_line.hpp"
#include "pipelines/trial/trial_differences.hpp"
#include "pipelines/trial/trial_order.hpp"

namespace weir::testing {
namespace {

struct read_pipeline_file {
  std::optional<graph> pipeline;
  std::vector<pipeline_test> tests;
  problems found;
};

read_pipeline_file read(const std::string& stages, const std::string& test) {
  static const registry known(builtin_stages());
  read_pipeline_file made;
  const auto spec =
      read_pipeline(fmt::format("weir: 1\nstages:\n{}tests:\n  - {{name: t, {}}}\n", stages, test),
                    "p.yaml", {}, made.found);
  REQUIRE(spec);
  made.pipeline = assemble(*spec, known, made.found);
  made.tests = spec->tests;
  return made;
}

std::string problems_in(const problems& found) {
  std::string text;
  for (const auto& p : found.all())
    if (p.severity == problem::level::error) text += to_text(p) + "\n";
  return text;
}

pipeline_trial trial_of(const std::string& stages, const std::string& test) {
  auto file = read(stages, test);
  CAPTURE(problems_in(file.found));
  REQUIRE(file.pipeline);
  return {std::move(*file.pipeline), file.tests.front()};
}

// What a run of the test tells, one difference after the other.
std::string told(const std::string& stages, const std::string& test,
                 const trial_setup& how = {.chunk_records = 2}) {
  const auto by = make_inline_executor();
  return fmt::format("{}", fmt::join(trial_of(stages, test).run(*by, how).wrong, "\n"));
}

// What keeps the test from being run.
std::string refused(const std::string& stages, const std::string& test) {
  return problems_in(read(stages, test).found);
}

const std::string filter =
    "  - {name: in, type: read_file, path: a.ndjson}\n"
    "  - {type: filter, where: n > 1}\n"
    "  - {type: print}\n";
const std::string three = "input: {in: [{n: 1}, {n: 2, s: a}, {n: 3}]}, ";

}  // namespace

TEST_CASE("a test that gives what it expects tells nothing") {
  CHECK(told(filter, three + "output: {filter: [{n: 2, s: a}, {n: 3}]}") == "");
  CHECK(told(filter, three + "output: {print: [{n: 2, s: a}, {n: 3}]}, rejected: []") == "");
  CHECK(told(filter, "input: {in: []}, output: {print: []}, rejected: []") == "");
}

TEST_CASE("the first record that differs is told, and both lists") {
  CHECK(told(filter, three + "output: {filter: [{n: 2, s: b}, {n: 3}]}") ==
        "'filter': record 1 differs (- expected, + found)\n"
        "    1 - {\"n\":2,\"s\":\"b\"}\n"
        "    1 + {\"n\":2,\"s\":\"a\"}\n"
        "                    ^ 's'\n"
        "    2   {\"n\":3}");
  CHECK(told(filter, three + "output: {filter.out: [{n: 2, s: a}]}") ==
        "'filter.out': record 2 is one too many (- expected, + found)\n"
        "    1   {\"n\":2,\"s\":\"a\"}\n"
        "    2 + {\"n\":3}");
  CHECK(told(filter, "input: {in: []}, output: {print: [{n: 2}]}") ==
        "'print': record 1 is missing (- expected, + found)\n    1 - {\"n\":2}");
}

TEST_CASE("keys in another order and a number with another text are differences") {
  CHECK(told(filter, three + "output: {print: [{s: a, n: 2}, {n: 3}]}") != "");
  CHECK(told(filter, three + "output: {print: [{n: 2.0, s: a}, {n: 3}]}") != "");
  CHECK(told(filter, three + "output: {print: [{n: 2, s: a, x: ~}, {n: 3}]}") == "");
}

TEST_CASE("with only the expected columns wanted, others are not looked at") {
  const trial_setup narrow{.chunk_records = 1, .narrow = true};
  CHECK(told(filter, three + "output: {print: [{n: 2}, {n: 3}]}", narrow) == "");
  CHECK(told(filter, three + "output: {print: [{n: 2}, {n: 4}]}", narrow) != "");
  CHECK(told(filter, three + "output: {print: [{s: a, n: 2}, {n: 3}]}", narrow) == "");
  CHECK(told(filter, three + "output: {print: [{n: 2}, {n: 3}]}") != "");
}

TEST_CASE("rejected records are compared by stage, order and a part of their reason") {
  const std::string in = "input: {in: [{n: x}, {n: true}, {n: 2}]}, ";
  const auto expecting = [&](const char* list) { return told(filter, in + "rejected: " + list); };
  CHECK(expecting("[{stage: filter, reason: string}, {stage: filter, reason: bool}]") == "");
  CHECK(expecting("[{stage: filter, reason: bool}, {stage: filter, reason: string}]") != "");
  CHECK(expecting("[{stage: filter, reason: string}]") != "");
  CHECK(expecting("[{stage: in, reason: string}, {stage: filter, reason: bool}]") != "");
  CHECK(expecting("[]") != "");
}

TEST_CASE("of rejected records only the keys are compared that are expected") {
  const std::string in = "input: {in: [{n: x}, {n: 2}]}, ";
  CHECK(told(filter, in + "output: {filter.rejected: [{stage: filter, line: 1}]}") == "");
  CHECK(told(filter, in + "output: {filter.rejected: [{record: {n: x}, file: in}]}") == "");
  CHECK(told(filter, in + "output: {filter.rejected: [{file: on, record: {n: x}}]}") != "");
  CHECK(told(filter, in + "output: {filter.rejected: [{stage: filter, line: 2}]}") != "");
  CHECK(told(filter, in + "output: {filter.rejected: []}") != "");
}

TEST_CASE("a stage that fails is told with its cause") {
  const std::string stages =
      "  - {name: in, type: generate, count: 1, columns: {n: 1}}\n"
      "  - {type: rechunk, records: 10}\n"
      "  - {type: print}\n";
  auto file = read(stages, "output: {print: [{n: 1}]}");
  REQUIRE(file.pipeline);
  file.pipeline->memory = byte_size{1};
  const auto by = make_inline_executor();
  const auto all = pipeline_trial(*file.pipeline, file.tests.front()).run(*by, {}).wrong;
  REQUIRE(!all.empty());
  CHECK(all.front().starts_with("'rechunk' failed: "));
}

TEST_CASE("below a merge no order is asked, but every record counts") {
  const std::string stages =
      "  - {name: a, type: read_file, path: a.ndjson}\n"
      "  - {name: b, type: read_file, path: b.ndjson}\n"
      "  - {type: filter, from: [a, b], where: n > 1}\n"
      "  - {type: print}\n";
  const std::string in = "input: {a: [{n: 2}, {n: 3}], b: [{n: 2}, {n: x}]}, ";
  CHECK(told(stages, in + "output: {print: [{n: 3}, {n: 2}, {n: 2}]}") == "");
  CHECK(told(stages, in + "output: {print: [{n: 3}, {n: 2}, {n: 3}]}") != "");
  CHECK(told(stages, in + "output: {print: [{n: 3}, {n: 2}]}") ==
        "'print': 1 record is one too many, in any order (- expected, + found)\n"
        "    + {\"n\":2}");
}

TEST_CASE("order is known from the graph") {
  const auto file = read(
      "  - {name: a, type: read_file, path: a.ndjson}\n"
      "  - {name: b, type: read_file, path: b.ndjson}\n"
      "  - {name: alone, type: filter, where: x, from: a}\n"
      "  - {name: merged, type: filter, where: x, from: [a, b]}\n"
      "  - {name: below, type: head, from: merged}\n"
      "  - {name: zipped, type: zip, from: [a, alone]}\n"
      "  - {type: print, from: [below, zipped]}\n",
      "input: {a: [], b: []}, output: {}");
  REQUIRE(file.pipeline);
  const graph& all = *file.pipeline;
  const auto ordered = [&](std::uint32_t stage, port_number port = 0) {
    return has_order(all, {stage, port});
  };
  CHECK(ordered(0));
  CHECK(ordered(2));
  CHECK(ordered(2, 1));
  CHECK_FALSE(ordered(3));
  CHECK_FALSE(ordered(3, 1));
  CHECK_FALSE(ordered(4));
  CHECK(ordered(5));
  CHECK_FALSE(ordered(5, 1));
  CHECK_FALSE(input_has_order(all, {6, 0}));
  CHECK(input_has_order(all, {2, 0}));
}

TEST_CASE("what comes in no order is matched with the most exact expectation first") {
  trial_comparison both{.what = "x", .expected = {"no", "no match"}, .found = {"no match", "no"}};
  both.agree = [](const std::string& part, const std::string& all) {
    return all.find(part) != std::string::npos;
  };
  CHECK(difference(both) != "");
  both.in_order = false;
  CHECK(difference(both) == "");
  both.found = {"no", "no"};
  CHECK(difference(both) ==
        "x: 1 record differs, in any order (- expected, + found)\n"
        "    - no match\n    + no\n        ^");
}

TEST_CASE("a source that reads files needs its records, one that makes them does not") {
  CHECK(refused(filter, "output: {print: []}") ==
        "p.yaml:7:5: test 't': 'in' reads files; give its records under 'input', as in "
        "'in: []'\n");
  CHECK(refused(filter, "input: {in: []}, output: {print: []}") == "");
  CHECK(refused("  - {type: generate, count: 1, columns: {n: 1}}\n  - {type: print}\n",
                "output: {print: [{n: 1}]}") == "");
}

TEST_CASE("nothing is expected of what sinks refuse, for none runs") {
  CHECK(refused(filter, "input: {in: []}, output: {print.rejected: []}") ==
        "p.yaml:7:41: test 't': 'print' is a sink, and no sink runs in a test\n");
  CHECK(refused(filter, "input: {in: []}, rejected: [{stage: print, reason: x}]") ==
        "p.yaml:7:43: test 't': 'print' is a sink, and no sink runs in a test\n");
}

TEST_CASE("a JSON value has one spelling") {
  struct row {
    const char *text, *spelled;
  };
  const row rows[] = {
      {" { \"a\" : 1 ,\t\"b\": [ 1 , [ ] , { } ] } ", R"({"a":1,"b":[1,[],{}]})"},
      {R"({"b":1,"a":2})", R"({"b":1,"a":2})"},
      {"[1.0, 1e5, -0, 123456789012345678901234567890]",
       "[1.0,1e5,-0,123456789012345678901234567890]"},
      {R"({"a": null, "b": {"c": null}, "d": [null], "e": null})", R"({"b":{},"d":[null]})"},
      {R"("\u00e4\/\"\\ \u0041\n")", "\"\u00e4/\\\"\\\\ A\\n\""},
      {R"({"a}": "{,[", "\u0061": true})", R"({"a}":"{,[","a":true})"},
      {"7", "7"},
      {"null", "null"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    CHECK(respelled(row.text) == row.spelled);
  }
  CHECK(with_keys(R"({"a": 1, "b": 2, "\u0061b": "x"})", {"ab", "b"}) ==
        R"({"b":2,"\u0061b":"x"})");
  CHECK(with_keys(R"({"a": 1})", {}) == "{}");
  CHECK(sorted_by_key(R"({"b":1,"a":[2,1],"c":{"z":1,"y":2}})") ==
        R"({"a":[2,1],"b":1,"c":{"z":1,"y":2}})");
  CHECK(sorted_by_key("{}") == "{}");
  CHECK(text_under(R"({"b": "a\"b", "a": 1})", "b") == "a\"b");
  CHECK(text_under(R"({"b": "a\"b", "a": 1})", "a") == "");
  CHECK(number_under(R"({"b": "1", "a": 12})", "a") == "12");
  CHECK(number_under(R"({"b": "1", "a": 12})", "b") == "");
}

}  // namespace weir::testing
