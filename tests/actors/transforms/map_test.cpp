#include <doctest/doctest.h>

#include "runtime/data/records.hpp"
#include "tests/support/stage_harness.hpp"

namespace weir::testing {
namespace {

TEST_CASE("map sets, drops, keeps and renames columns") {
  struct row {
    const char *name, *options, *in, *out;
  };
  const row rows[] = {
      {"a new column", "{set: {s: ms / 1000}}", "[{ms: 1500}, {ms: 250}]",
       "[{ms: 1500, s: 1.5}, {ms: 250, s: 0.25}]"},
      {"a column that is there already", "{set: {n: n + 1}}", "[{n: 1, a: x}, {n: 2}]",
       "[{n: 2, a: x}, {n: 3}]"},
      {"a value that is null is absent", "{set: {m: n + 1}}", "[{n: 1}, {x: 1}]",
       "[{n: 1, m: 2}, {x: 1}]"},
      {"drop", "{drop: [a, c]}", "[{a: 1, b: 2}, {c: 3}]", "[{b: 2}, {}]"},
      {"keep", "{keep: [a, c]}", "[{a: 1, b: 2}, {c: 3, d: 4}]", "[{a: 1}, {c: 3}]"},
      {"an empty keep keeps nothing", "{keep: []}", "[{a: 1, b: 2}]", "[{}]"},
      {"an empty keep leaves what set makes", "{set: {t: a + b}, keep: []}", "[{a: 1, b: 2}]",
       "[{t: 3}]"},
      {"odd names are renamed with backticks and without",
       R"({rename: {"`x y`": xy, "a.b": "`c d`"}})", "[{x y: 1, a.b: 2}]", "[{xy: 1, c d: 2}]"},
      {"keep leaves what set makes", "{set: {t: a + b}, keep: [a]}", "[{a: 1, b: 2}]",
       "[{a: 1, t: 3}]"},
      {"drop takes what set made", "{set: {t: a + b, u: t * 2}, drop: [t]}", "[{a: 1, b: 2}]",
       "[{a: 1, b: 2, u: 6}]"},
      {"drop is above keep", "{keep: [a, b], drop: [b]}", "[{a: 1, b: 2, c: 3}]", "[{a: 1}]"},
      {"rename", "{rename: {a: b}}", "[{a: 1, c: 2}, {c: 3}]", "[{b: 1, c: 2}, {c: 3}]"},
      {"rename onto a name that is taken", "{rename: {a: b}}", "[{a: 1, b: 2}, {b: 3}, {a: 4}]",
       "[{b: 1}, {b: 3}, {b: 4}]"},
      {"names swapped", "{rename: {a: b, b: a}}", "[{a: 1, b: 2}, {b: 3}]",
       "[{b: 1, a: 2}, {a: 3}]"},
      {"what set made is renamed", "{set: {a: n}, rename: {a: b}, keep: [x]}", "[{n: 1}]",
       "[{b: 1}]"},
      {"odd names", "{set: {\"a b\": \"`c d` + 1\"}}", "[{\"c d\": 1}]",
       "[{\"c d\": 1, \"a b\": 2}]"},
      {"values of several types", "{set: {y: x}, drop: [x]}",
       "[{x: 1}, {x: a}, {x: [1, 2]}, {x: true}]", "[{y: 1}, {y: a}, {y: [1, 2]}, {y: true}]"},
      {"no records", "{set: {y: x}}", "[]", "[]"},
  };
  for (const auto& row : rows) SUBCASE(row.name) {
      stage_harness stage("map", row.options);
      CHECK(stage.run(records(row.in)) == records(row.out));
      CHECK(stage.rejected().empty());
    }
}

TEST_CASE("map sees in a later column what an earlier one made") {
  stage_harness stage("map", "{set: {a: n * 2, b: a + 1, n: 0}}");
  CHECK(stage.run(records("[{n: 1}, {n: 5}]")) ==
        records("[{n: 0, a: 2, b: 3}, {n: 0, a: 10, b: 11}]"));
}

TEST_CASE("map rejects, as it came, a record for which an expression can't be computed") {
  stage_harness stage("map", "{set: {a: 10 / n, b: 10 / m}}");
  stage.declare({{"n", column_type::int64}, {"m", column_type::int64}});
  CHECK(stage.run(records("[{n: 1, m: 2}, {n: 0, m: 0}, {n: 2, m: 0}, {n: 5, m: 5}]")) ==
        records("[{n: 1, m: 2, a: 10, b: 5}, {n: 5, m: 5, a: 2, b: 2}]"));
  REQUIRE(stage.rejected().size() == 2);
  CHECK(stage.rejected()[0].record == records("[{n: 0, m: 0}]").front());
  CHECK(stage.rejected()[1].record == records("[{n: 2, m: 0}]").front());
  CHECK(stage.rejected()[1].code == "division-by-zero");
}

TEST_CASE("map rejects records in their order, whichever expression refuses them") {
  stage_harness stage("map", "{set: {a: 10 / n, b: 10 / m}}");
  stage.declare({{"n", column_type::int64}, {"m", column_type::int64}});
  stage.run(records("[{n: 1, m: 0}, {n: 0, m: 1}, {n: 2, m: 0}, {n: 0, m: 0}]"));
  REQUIRE(stage.rejected().size() == 4);
  for (std::size_t i = 0; i < 4; ++i) CHECK(stage.rejected()[i].line == i + 1);
}

TEST_CASE("map gives columns the types of their expressions") {
  stage_harness stage("map", "{set: {i: n + 1, d: n * 0.5, s: \"string(n)\", b: n > 1}}");
  stage.declare({{"n", column_type::int64}});
  CHECK(stage.run(records("[{n: 1}, {n: 2}]")) ==
        records(
            "[{n: 1, i: 2, d: 0.5, s: \"1\", b: false}, {n: 2, i: 3, d: 1.0, s: \"2\", b: true}]"));
  const known_columns in{.fields = {{"n", column_type::int64}}, .complete = true};
  const auto known = stage.configured().known(0, {in});
  CHECK(known.complete);
  CHECK(known.fields == std::vector<field>{{"n", column_type::int64},
                                           {"i", column_type::int64},
                                           {"d", column_type::float64},
                                           {"s", column_type::string},
                                           {"b", column_type::boolean}});
}

TEST_CASE("map shares the columns that stay") {
  const stage_harness stage("map", "{set: {b: a + 1}, rename: {c: d}}");
  const auto in = chunk_of(records("[{a: 1, c: x}, {a: 2, c: y}]"));
  const auto run = stage.start();
  REQUIRE(run->open());
  REQUIRE(run->give(in));
  const auto& made = run->out().port(0).chunks.at(0);
  CHECK(made->find("a") == in->find("a"));
  CHECK(made->find("d") == in->find("c"));
}

// The keys of each record as a writer would write them, over cuts of the input.
std::vector<std::string> written(const stage_harness& stage, const std::string& lines,
                                 std::size_t cut) {
  const auto run = stage.start();
  REQUIRE(run->open());
  std::vector<std::string> texts;
  std::size_t at = 0;
  while (at < lines.size()) {
    std::size_t end = at;
    for (std::size_t i = 0; i < cut && end < lines.size(); ++i) end = lines.find('\n', end) + 1;
    REQUIRE(run->give(chunk_of_json(lines.substr(at, end - at)).value()));
    at = end;
  }
  for (const auto& c : run->out().port(0).chunks)
    c->each_row([&](std::uint32_t row) { append_json_record(texts.emplace_back(), *c, row); });
  return texts;
}

TEST_CASE("map keeps the order in which a record's keys came, new ones last") {
  const std::string lines =
      "{\"a\":1,\"b\":2,\"c\":3}\n{\"c\":1,\"b\":2}\n{\"b\":1}\n{\"c\":5,\"a\":4}\n";
  struct row {
    const char* options;
    std::vector<std::string> out;
  };
  const row rows[] = {
      {"{set: {z: b, y: c}}",
       {R"({"a":1,"b":2,"c":3,"z":2,"y":3})", R"({"c":1,"b":2,"z":2,"y":1})", R"({"b":1,"z":1})",
        R"({"c":5,"a":4,"y":5})"}},
      {"{set: {a: \"0\"}}",
       {R"({"a":0,"b":2,"c":3})", R"({"c":1,"b":2,"a":0})", R"({"b":1,"a":0})",
        R"({"c":5,"a":0})"}},
      {"{drop: [b]}", {R"({"a":1,"c":3})", R"({"c":1})", "{}", R"({"c":5,"a":4})"}},
      {"{keep: [c, a]}", {R"({"a":1,"c":3})", R"({"c":1})", "{}", R"({"c":5,"a":4})"}},
      {"{rename: {b: x}}",
       {R"({"a":1,"x":2,"c":3})", R"({"c":1,"x":2})", R"({"x":1})", R"({"c":5,"a":4})"}},
  };
  for (const auto& row : rows)
    for (const std::size_t cut : {1U, 2U, 3U, 4U}) {
      CAPTURE(row.options);
      CAPTURE(cut);
      CHECK(written(stage_harness("map", row.options), lines, cut) == row.out);
    }
}

TEST_CASE("map wants what its expressions read and what is wanted of the columns that stay") {
  struct row {
    const char *name, *options;
    column_demand below, wanted;
  };
  const auto named = [](std::set<std::string> names) {
    column_demand d;
    d.columns = std::move(names);
    return d;
  };
  column_demand all_and_n = column_demand::everything();
  all_and_n.columns = {"n"};
  column_demand with_place = named({"a", "n", "s"});
  with_place.where_present = {"s"};
  column_demand raw = named({});
  raw.raw_formats = {"ndjson"};
  const row rows[] = {
      {"what is computed is not read", "{set: {s: n + 1}}", named({"s", "x"}), named({"n", "x"})},
      {"every expression may reject", "{set: {s: n + 1}}", named({}), named({"n"})},
      {"what an earlier one made is not read", "{set: {s: n, t: s + u}}", named({}),
       named({"n", "u"})},
      {"a renamed column, by its old name", "{rename: {a: b}}", named({"b"}), named({"a", "b"})},
      {"an old name is gone", "{rename: {a: b}}", named({"a"}), named({})},
      {"what is dropped", "{drop: [a]}", named({"a", "b"}), named({"b"})},
      {"all of what is kept", "{keep: [a, b]}", column_demand::everything(), named({"a", "b"})},
      {"with the place of what is replaced", "{set: {s: n}, keep: [a]}",
       column_demand::everything(), with_place},
      {"a place wanted further up", "{set: {t: n}, keep: [a, s]}", with_place, with_place},
      {"a place that is read here", "{set: {t: s}}", with_place, named({"a", "n", "s"})},
      {"all", "{set: {s: n}}", column_demand::everything(), all_and_n},
      {"raw text is no longer true", "{set: {s: n}}", raw, all_and_n},
  };
  for (const auto& row : rows) SUBCASE(row.name) {
      CHECK(stage_harness("map", row.options).configured().demand(0, {row.below}) == row.wanted);
    }
}

TEST_CASE("map tells the columns it makes") {
  struct row {
    const char *name, *options;
    known_columns in, out;
  };
  const auto of = [](std::vector<field> fields, bool complete) {
    return known_columns{std::move(fields), complete};
  };
  const row rows[] = {
      {"keep completes", "{keep: [a, b]}", of({{"a", column_type::int64}}, false),
       of({{"a", column_type::int64}, {"b", column_type::dynamic}}, true)},
      {"rename", "{rename: {a: b}}", of({{"a", column_type::int64}}, true),
       of({{"b", column_type::int64}}, true)},
      {"rename onto another type", "{rename: {a: b}}",
       of({{"a", column_type::int64}, {"b", column_type::string}}, true),
       of({{"b", column_type::dynamic}}, true)},
      {"rename of what nobody told of", "{rename: {x: b}}", of({{"b", column_type::string}}, false),
       of({{"b", column_type::dynamic}}, false)},
      {"drop", "{drop: [a]}", of({{"a", column_type::int64}, {"b", column_type::string}}, true),
       of({{"b", column_type::string}}, true)},
  };
  for (const auto& row : rows) SUBCASE(row.name) {
      const auto known = stage_harness("map", row.options).configured().known(0, {row.in});
      CHECK(known.fields == row.out.fields);
      CHECK(known.complete == row.out.complete);
    }
}

TEST_CASE("map names the columns of its input, not those that it makes itself") {
  const stage_harness stage("map", "{set: {t: a, u: t}, drop: [t, b], rename: {u: v, c: d}}");
  std::vector<std::string> names;
  for (const auto& path : stage.configured().columns()) names.push_back(to_text(path));
  CHECK(names == std::vector<std::string>{"b", "c"});
  const auto uses = stage.configured().expressions();
  REQUIRE(uses.size() == 2);
  CHECK(uses[0].added_before.empty());
  CHECK(uses[1].added_before == std::vector<field>{{"t", column_type::dynamic}});
  CHECK(uses[1].subject == "option 'set', 'u'");
}

TEST_CASE("map refuses options without sense") {
  struct row {
    const char *name, *options, *problem;
  };
  const row rows[] = {
      {"nothing to do", "{}",
       "1:1: there is nothing to do; give 'set', 'drop', 'keep' or 'rename'"},
      {"a path in a column", "{drop: [a, b.c]}",
       "1:12: option 'drop': 'b.c' lies inside of a column; only whole columns can be named here"},
      {"one name for two", "{rename: {a: c, b: c}}",
       "1:20: option 'rename': two columns are renamed to 'c'"},
      {"a misspelt option", "{sets: {a: b}}", "1:2: unknown option 'sets'; did you mean 'set'?"},
  };
  for (const auto& row : rows) SUBCASE(row.name) {
      CHECK(problem_text("map", row.options) == row.problem);
    }
  CHECK(option_problems("map", "{drop: [a, b], rename: {a: c, b: d}}").empty());
}

}  // namespace
}  // namespace weir::testing
