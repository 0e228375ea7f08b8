#include <doctest/doctest.h>

#include "runtime/data/records.hpp"
#include "tests/support/stage_harness.hpp"

namespace weir::testing {
namespace {

TEST_CASE("parse makes columns of the named groups of a pattern") {
  struct row {
    const char *name, *options, *in, *out;
  };
  const row rows[] = {
      {"groups become columns", "{regex: \"^(?<host>[^ ]+) (?<status>[0-9]+)$\"}",
       "[{line: web-1 200}, {line: a-host-with-a-long-name 404}]",
       "[{host: web-1, status: \"200\"}, {host: a-host-with-a-long-name, status: \"404\"}]"},
      {"groups in the older form", "{regex: \"(?P<a>x+)(?P<b>y+)\"}", "[{line: xxyy}]",
       "[{a: xx, b: yy}]"},
      {"types",
       "{regex: \"(?<n>[0-9]+) (?<d>[0-9.]+) (?<t>.*)\", types: {n: int, d: double, t: "
       "duration}}",
       "[{line: 12 0.50 1m30s}]", "[{n: 12, d: 0.50, t: 90s}]"},
      {"a match in the middle", "{regex: \"id=(?<id>[0-9]+)\"}", "[{line: \"a id=5, b\"}]",
       "[{id: \"5\"}]"},
      {"a group that takes no part is null", "{regex: \"^(?<a>x)?(?<b>y)\"}",
       "[{line: xy}, {line: y}]", "[{a: x, b: y}, {b: y}]"},
      {"an empty group is an empty text", "{regex: \"^(?<a>x*)\"}", "[{line: y}]", "[{a: \"\"}]"},
      {"another column, kept", "{column: msg, regex: \"(?<n>[0-9]+)\", keep: true}",
       "[{msg: no 7, id: 1}]", "[{msg: no 7, id: 1, n: \"7\"}]"},
      {"a column that is there is replaced", "{regex: \"(?<id>[0-9]+)\"}", "[{line: no 7, id: 1}]",
       "[{id: \"7\"}]"},
      {"a group with the name of the column", "{regex: \"(?<line>[0-9]+)\"}", "[{line: no 7}]",
       "[{line: \"7\"}]"},
      {"a class that looks like a group", "{regex: \"(?<a>[(?<x]+)[]a]\"}", "[{line: \"?(a\"}]",
       "[{a: \"?(\"}]"},
      {"no records", "{regex: \"(?<a>x)\"}", "[]", "[]"},
  };
  for (const auto& row : rows) SUBCASE(row.name) {
      stage_harness stage("parse", row.options);
      CHECK(stage.run(records(row.in)) == records(row.out));
      CHECK(stage.rejected().empty());
    }
}

TEST_CASE("parse refuses two groups of one name") {
  CHECK(problem_text("parse", "{regex: \"(?<a>x)(?<b>y)(?P<a>z)\"}")
            .find("two groups of '(?<a>x)(?<b>y)(?P<a>z)' are named 'a'") != std::string::npos);
}

TEST_CASE("parse reads the keys of JSON objects") {
  struct row {
    const char *name, *options, *in, *out;
  };
  const row rows[] = {
      {"keys become columns", "{format: json}",
       R"([{line: '{"a":1,"b":"x"}'}, {line: '{"b":[1,2],"c":null}'}])",
       "[{a: 1, b: x}, {b: [1, 2]}]"},
      {"a nested value", "{column: m, format: json, keep: true}", "[{m: {a: 1, b: {c: 2}}, id: 7}]",
       "[{m: {a: 1, b: {c: 2}}, id: 7, a: 1, b: {c: 2}}]"},
      {"a key that is there is replaced where the object has it", "{format: json}",
       R"([{line: '{"a":1}', a: 5, b: 6}, {line: '{"b":2}', a: 5, b: 6}])",
       "[{a: 1, b: 6}, {a: 5, b: 2}]"},
      {"declared types", "{format: json, types: {t: timestamp, d: double}}",
       R"([{line: '{"t":"2026-01-01T00:00:00Z","d":2}'}])",
       "[{t: \"2026-01-01T00:00:00Z\", d: 2.0}]"},
      {"over several lines", "{format: json}", R"([{line: "{\"a\":\n 1,\r\n \"b\": 2}"}])",
       "[{a: 1, b: 2}]"},
      {"an empty object", "{format: json}", "[{line: '{}'}]", "[{}]"},
  };
  for (const auto& row : rows) SUBCASE(row.name) {
      stage_harness stage("parse", row.options);
      CHECK(stage.run(records(row.in)) == records(row.out));
      CHECK(stage.rejected().empty());
    }
}

TEST_CASE("parse reads the combined log format") {
  stage_harness stage("parse", "{format: apache_combined}");
  const auto out = stage.run(records(R"([
      {line: '127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] "GET /a.gif HTTP/1.0" 200 2326
              "http://e.org/" "Mozilla/4.08"'},
      {line: '::1 - - [01/Jan/2026:00:00:00 +0000] "-" 408 - "-" "-"'},
      {line: 'h - - [29/Feb/2024:23:59:60 +0530] "GET /a b HTTP/1.1" 200 0'}])"));
  CHECK(out == records(R"([
      {host: 127.0.0.1, user: frank, time: "2000-10-10T20:55:36Z", method: GET, path: /a.gif,
       protocol: HTTP/1.0, status: 200, bytes: 2326, referer: "http://e.org/",
       user_agent: Mozilla/4.08},
      {host: "::1", time: "2026-01-01T00:00:00Z", status: 408},
      {host: h, time: "2024-02-29T18:30:00Z", method: GET, path: /a b, protocol: HTTP/1.1,
       status: 200, bytes: 0}])"));
  CHECK(stage.rejected().empty());
}

TEST_CASE("parse rejects, as it came, a record whose text does not fit") {
  struct row {
    const char *name, *options, *in, *code, *reason;
  };
  const row rows[] = {
      {"no match", "{regex: \"^(?<a>x)$\"}", "[{line: y}]", "no-match",
       "'y' does not match the pattern"},
      {"another type", "{regex: \"^(?<a>.*)$\", types: {a: int}}", "[{line: y}]", "type-mismatch",
       nullptr},
      {"no column", "{regex: \"^(?<a>x)$\"}", "[{id: 1}]", "not-a-text",
       "there is no column 'line' to parse"},
      {"a number", "{regex: \"^(?<a>x)$\"}", "[{line: 1}]", "not-a-text",
       "column 'line' holds a int, not a text"},
      {"not JSON", "{format: json}", "[{line: '{\"a\":}'}]", "not-json", nullptr},
      {"no object", "{format: json}", "[{line: '[1]'}]", "not-json",
       "a record is a JSON object, this is another value"},
      {"an empty text", "{format: json}", "[{line: ' '}]", "not-json", "the text is empty"},
      {"another type in JSON", "{format: json, types: {a: int}}", "[{line: '{\"a\":\"x\"}'}]",
       "type-mismatch", nullptr},
      {"no log line", "{format: apache_combined}", "[{line: hello}]", "not-apache-combined",
       "'hello' is not a line of the combined log format: it begins with host, ident and user"},
      {"a day that is none", "{format: apache_combined}",
       "[{line: 'h - - [30/Feb/2024:23:59:59 +0000] \"-\" 200 0'}]", "not-apache-combined",
       nullptr},
  };
  for (const auto& row : rows) SUBCASE(row.name) {
      stage_harness stage("parse", row.options);
      auto list = records(row.in);
      const auto bad = list.front();
      list.insert(list.begin(), bad);
      CHECK(stage.run(list) == record_list());
      REQUIRE(stage.rejected().size() == 2);
      CHECK(stage.rejected()[1].code == row.code);
      if (row.reason != nullptr) CHECK(stage.rejected()[1].reason == row.reason);
      CHECK(stage.rejected()[1].record == bad);
    }
}

TEST_CASE("parse goes on behind a record that it rejects") {
  stage_harness stage("parse", "{format: json}");
  CHECK(stage.run(records(R"([{line: '{"a":1}', id: 1}, {line: 'x', id: 2}, {id: 3},
                              {line: '{"b":4}', id: 4}])")) ==
        records("[{id: 1, a: 1}, {id: 4, b: 4}]"));
  REQUIRE(stage.rejected().size() == 2);
  CHECK(stage.rejected()[0].line == 2);
  CHECK(stage.rejected()[1].line == 3);
}

// Lines that match are taken apart several at a time.
TEST_CASE("parse finds the same in many lines as in each, whatever stands between them") {
  stage_harness stage("parse",
                      "{regex: \"^(?<name>[^ ]*) (?<n>[0-9]+) (?<d>[0-9.]*) (?<long>.*)$\", types: "
                      "{n: int, d: double}}");
  std::string in;
  std::string out;
  for (int i = 0; i < 40; ++i) {
    const std::string n = std::to_string(i);
    if (i == 12) in += "{line: no match},";
    if (i == 21) in += "{line: a 99999999999999999999 1 b},";
    if (i == 30) in += "{line: a 1 1.2.3 b},";
    in += "{line: 'name-" + n + " " + n + " " + n + ".50 a long text with " + n + "'},";
    out +=
        "{name: name-" + n + ", n: " + n + ", d: " + n + ".5, long: a long text with " + n + "},";
  }
  CHECK(stage.run(records("[" + in + "]")) == records("[" + out + "]"));
  REQUIRE(stage.rejected().size() == 3);
  CHECK(stage.rejected()[0].code == "no-match");
  CHECK(stage.rejected()[1].line == 23);
  CHECK(stage.rejected()[2].code == "type-mismatch");
}

TEST_CASE("parse lets records that do not fit pass, in their place and as they are, if told so") {
  for (const char* options : {"{regex: \"^a(?<n>[0-9]+)$\", types: {n: int}, on_mismatch: pass}",
                              "{format: json, on_mismatch: pass}"}) {
    const bool is_json = std::string_view(options).find("json") != std::string_view::npos;
    stage_harness stage("parse", options);
    const auto good = [&](int n) {
      const auto text = std::to_string(n);
      return is_json ? "{line: '{\"n\":" + text + "}', id: " + text + "}"
                     : "{line: a" + text + ", id: " + text + "}";
    };
    const std::string bad = "{line: y, id: 9}";
    CHECK(stage.run(records("[" + bad + "," + good(1) + "," + bad + "," + bad + "," + good(2) +
                            ", {id: 3}]")) ==
          records("[{line: y, id: 9}, {id: 1, n: 1}, {line: y, id: 9}, {line: y, id: 9},"
                  " {id: 2, n: 2}, {id: 3}]"));
    CHECK(stage.rejected().empty());
  }
}

TEST_CASE("parse keeps the place of a record") {
  const stage_harness stage("parse", "{regex: \"(?<n>[0-9])\"}");
  const auto run = stage.start();
  REQUIRE(run->open());
  REQUIRE(run->give(chunk_of(records("[{line: a}, {line: 5}, {line: b1}]"))));
  const auto& made = run->out().port(0).chunks.at(0);
  REQUIRE(made->size() == 1);
  CHECK(made->place(made->row_of(0))->line == 3);
}

TEST_CASE("parse shares the buffers of the texts it reads") {
  const stage_harness stage("parse", "{regex: \"^(?<a>.*)-(?<b>.*)$\"}");
  const auto in = chunk_of(records("[{line: a text of some length-another one of some length}]"));
  const auto run = stage.start();
  REQUIRE(run->open());
  REQUIRE(run->give(in));
  const auto& made = run->out().port(0).chunks.at(0);
  CHECK(made->find("b")->string(0) == "another one of some length");
  CHECK(made->find("b")->string(0).data() > in->find("line")->string(0).data());
  CHECK(made->find("b")->string(0).data() < in->find("line")->string(0).data() + 60);
}

TEST_CASE("parse tells the columns it makes") {
  const known_columns lines{.fields = {{"line", column_type::string}, {"id", column_type::int64}},
                            .complete = true};
  const auto known = [&](const char* options) {
    return stage_harness("parse", options).configured().known(0, {lines});
  };
  const auto by_regex = known("{regex: \"(?<n>[0-9]+)(?<t>.*)\", types: {n: int}}");
  CHECK(by_regex.complete);
  CHECK(by_regex.fields == std::vector<field>{{"id", column_type::int64},
                                              {"n", column_type::int64},
                                              {"t", column_type::string}});
  CHECK(known("{format: apache_combined, keep: true}").fields.size() == 13);
  CHECK_FALSE(known("{format: json}").complete);
}

TEST_CASE("parse wants its column and what is wanted of the others") {
  column_demand below;
  below.columns = {"n", "id"};
  const auto by_regex =
      stage_harness("parse", "{regex: \"(?<n>[0-9]+)\"}").configured().demand(0, {below});
  CHECK(by_regex.columns == std::set<std::string>{"id", "line"});
  CHECK_FALSE(by_regex.all);
  const auto by_json = stage_harness("parse", "{format: json}").configured().demand(0, {below});
  CHECK(by_json.columns == std::set<std::string>{"id", "line", "n"});
}

TEST_CASE("parse refuses options without sense") {
  struct row {
    const char *name, *options, *problem;
  };
  const row rows[] = {
      {"nothing to parse by", "{column: line}",
       "1:1: there is nothing to parse by; give 'regex', 'format: json' or 'format: "
       "apache_combined'"},
      {"two ways", "{format: json, regex: \"(?<a>x)\"}",
       "1:23: option 'regex': 'format' is 'json'; give one of the two"},
      {"no pattern", "{regex: \"(?<a>x\"}",
       "1:9: option 'regex': '(?<a>x' is not a regular expression: missing ): (?P<a>x"},
      {"no group", "{regex: \"(x)\"}",
       "1:9: option 'regex': '(x)' has no named group, as in '(?<status>[0-9]+)'"},
      {"a type for no group", "{regex: \"(?<status>x)\", types: {statsu: int}}",
       "1:33: option 'types': the pattern has no group 'statsu'; did you mean 'status'?"},
      {"types of a form that has its own", "{format: apache_combined, types: {status: int}}",
       "1:34: option 'types': the fields of 'apache_combined' have types already"},
      {"a path", "{column: a.b, format: json}",
       "1:10: option 'column': 'a.b' lies inside of a column; only whole columns can be parsed"},
  };
  for (const auto& row : rows) SUBCASE(row.name) {
      CHECK(problem_text("parse", row.options) == row.problem);
    }
}

}  // namespace
}  // namespace weir::testing
