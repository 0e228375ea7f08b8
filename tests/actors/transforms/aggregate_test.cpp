#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "runtime/base/random.hpp"
#include "runtime/data/column_builder.hpp"
#include "tests/actors/support/temporary_folder.hpp"
#include "tests/support/stage_harness.hpp"

namespace weir::testing {
namespace {

TEST_CASE("aggregate makes one record of each group") {
  struct row {
    const char *name, *options, *in, *out;
  };
  const row rows[] = {
      {"records are counted by a column", "{by: [host], compute: {n: count()}}",
       "[{host: b}, {host: a}, {host: b}]", "[{host: a, n: 1}, {host: b, n: 2}]"},
      {"a single column needs no list", "{by: host, compute: {n: count()}}", "[{host: a}]",
       "[{host: a, n: 1}]"},
      {"all columns of by tell groups apart", "{by: [a, b], compute: {n: count()}}",
       "[{a: 1, b: x}, {a: 1, b: w}, {a: 0, b: x}, {a: 1, b: x}]",
       "[{a: 0, b: x, n: 1}, {a: 1, b: w, n: 1}, {a: 1, b: x, n: 2}]"},
      {"a record without the column is a group of its own", "{by: [host], compute: {n: count()}}",
       "[{host: a}, {x: 1}, {host: null}]", "[{n: 2}, {host: a, n: 1}]"},
      {"equal numbers are one group", "{by: [v], compute: {n: count()}}",
       "[{v: 1}, {v: 1.0}, {v: 1e0}, {v: '1'}, {v: 1.5}]",
       "[{v: 1, n: 3}, {v: 1.5, n: 1}, {v: '1', n: 1}]"},
      {"groups leave in the order of their keys", "{by: [v], compute: {n: count()}}",
       "[{v: b}, {v: 10}, {v: 9}, {v: true}, {v: a}, {v: -0.5}, {v: false}, {n: 1}, {v: B}]",
       "[{n: 1}, {v: false, n: 1}, {v: true, n: 1}, {v: -0.5, n: 1}, {v: 9, n: 1}, {v: 10, n: 1},"
       " {v: B, n: 1}, {v: a, n: 1}, {v: b, n: 1}]"},
      {"a path is named by its last step", "{by: [request.path], compute: {n: count()}}",
       "[{request: {path: /a}}, {request: {path: /b}}, {request: {path: /a}}, {request: 5}]",
       "[{n: 1}, {path: /a, n: 2}, {path: /b, n: 1}]"},
      {"the place of a record can be grouped by", "{by: [_file], compute: {n: count()}}",
       "[{v: 1}, {v: 2}]", "[{_file: test, n: 2}]"},
      {"without by all records are one group", "{compute: {n: count(), s: sum(v)}}",
       "[{v: 1}, {v: 2}, {}]", "[{n: 3, s: 3}]"},
      {"one group of no records has a record", "{compute: {n: count(), s: sum(v), m: max(v)}}",
       "[]", "[{n: 0}]"},
      {"no records make no groups", "{by: [host], compute: {n: count()}}", "[]", "[]"},
      {"without anything to compute the keys are left", "{by: [host], compute: {}}",
       "[{host: b}, {host: a}, {host: b}]", "[{host: a}, {host: b}]"},
      {"nulls are skipped",
       "{compute: {n: count(v), s: sum(v), m: mean(v), lo: min(v), hi: max(v)}}",
       "[{v: 3}, {}, {v: 1}, {v: null}]", "[{n: 2, s: 4, m: 2.0, lo: 1, hi: 3}]"},
      {"a group without values has no results but its counts",
       "{by: [k], compute: {n: count(v), s: sum(v), p: 'quantile(v, 0.5)'}}",
       "[{k: a}, {k: b, v: 2}]", "[{k: a, n: 0}, {k: b, n: 1, s: 2, p: 2.0}]"},
      {"an aggregate is taken of any expression",
       "{compute: {bad: sum(int(status >= 500)), long: 'max(size(name) * 2)'}}",
       "[{status: 500, name: ab}, {status: 200, name: abc}, {status: 503, name: a}]",
       "[{bad: 2, long: 6}]"},
      {"results are computed with, and no division cuts decimals",
       "{by: [k], compute: {percent: '100 * sum(int(bad)) / count()', half: sum(v) / 2}}",
       "[{k: a, bad: true, v: 1}, {k: a, bad: false, v: 2}, {k: a, bad: false, v: 2},"
       " {k: a, bad: false, v: 2}, {k: a, bad: false, v: 2}, {k: a, bad: false, v: 2},"
       " {k: a, bad: false, v: 2}, {k: a, bad: false, v: 2}]",
       "[{k: a, percent: 12.5, half: 7.5}]"},
      {"arithmetic over nothing is null", "{compute: {ratio: sum(a) / sum(b)}}", "[{a: 1}]",
       "[{}]"},
      {"several quantiles", "{compute: {lo: 'quantile(v, 0)', hi: 'quantile(v, 1.0)'}}",
       "[{v: 3}, {v: 1.5}, {v: 2}]", "[{lo: 1.5, hi: 3.0}]"},
      {"least and greatest take values of any type", "{compute: {lo: min(v), hi: max(v)}}",
       "[{v: 5}, {v: b}, {v: 2.5}, {v: a long text that is kept elsewhere}, {v: true}]",
       "[{lo: true, hi: b}]"},
      {"nested values are grouped by their text", "{by: [v], compute: {n: count()}}",
       "[{v: [1, 2]}, {v: {a: 1}}, {v: [1, 2]}]", "[{v: [1, 2], n: 2}, {v: {a: 1}, n: 1}]"},
  };
  for (const auto& row : rows) SUBCASE(row.name) {
      stage_harness stage("aggregate", row.options);
      CHECK(stage.run(records(row.in)) == records(row.out));
      CHECK(stage.refusals().empty());
    }
}

TEST_CASE("a record with a value that does not fit counts nowhere") {
  stage_harness stage("aggregate",
                      "{by: [k], compute: {n: count(), s: sum(v), least: min(w), m: mean(v + 1)}}");
  CHECK(stage.run(records("[{k: a, v: 1, w: 5}, {k: a, v: fast, w: 1}, {k: b, v: [1], w: 1},"
                          " {k: a, v: 2.5, w: 4}, {k: c, v: true}]")) ==
        records("[{k: a, n: 2, s: 3.5, least: 4, m: 2.75}]"));
  REQUIRE(stage.rejected().size() == 3);
  CHECK(stage.rejected()[0].code == "type-mismatch");
  CHECK(stage.rejected()[0].line == 2);
  CHECK(stage.rejected()[1].line == 3);
  CHECK(stage.rejected()[2].line == 5);
}

TEST_CASE("a refusal names the aggregate and what was found") {
  const auto refusals = [](const char* compute, const char* in) {
    stage_harness stage("aggregate", fmt::format("{{compute: {{x: '{}'}}}}", compute));
    stage.run(records(in));
    return stage.refusals();
  };
  using texts = std::vector<std::string>;
  CHECK(refusals("sum(v)", "[{v: fast}]") ==
        texts{"type-mismatch: 'x': sum takes numbers, not the string 'fast'"});
  CHECK(refusals("mean(v)", "[{v: 1}, {v: true}]") ==
        texts{"type-mismatch: 'x': mean takes numbers, not a bool"});
  CHECK(refusals("quantile(v, 0.5)", "[{v: [1]}, {v: 2}]") ==
        texts{"type-mismatch: 'x': quantile takes numbers, not the json '[1]'"});
  CHECK(refusals("sum(v)", "[{v: 2}, {v: null}, {v: 2.5}]").empty());
  const auto conversion = refusals("sum(int(v))", "[{v: 2}, {v: many}]");
  REQUIRE(conversion.size() == 1);
  CHECK(conversion.front().starts_with("conversion: "));
}

TEST_CASE("a group whose arithmetic has no value is rejected, and the others leave") {
  stage_harness stage("aggregate", "{by: [k], compute: {n: count(), rest: sum(a) % sum(b)}}");
  CHECK(stage.run(records("[{k: x, a: 7, b: 4}, {k: y, a: 7, b: 0}, {k: z, a: 9, b: 4}]")) ==
        records("[{k: x, n: 1, rest: 3}, {k: z, n: 1, rest: 1}]"));
  REQUIRE(stage.rejected().size() == 1);
  CHECK(stage.rejected()[0].reason.starts_with("'rest': "));
  CHECK(stage.rejected()[0].record == records("[{k: y, n: 1}]").front());
}

// Records of three kinds of key and number, some of them missing.
record_list random_records(std::uint64_t seed, bool typed) {
  random_source random(seed);
  std::string text = "[";
  const std::uint32_t count = random.below(400);
  for (std::uint32_t i = 0; i < count; ++i) {
    text += "{";
    const std::uint32_t key = random.below(12);
    if (key > 1)
      text += fmt::format("k: {}, ", !typed && key % 3 == 0 ? fmt::format("{}", key)
                                                            : fmt::format("host number {}", key));
    if (random.below(8) > 0)
      text += typed || random.below(2) == 0
                  ? fmt::format("v: {}, ", random.below(2000))
                  : fmt::format("v: {:.2f}, ", random.fraction() * 1000 - 200);
    text += "},";
  }
  text += "]";
  return records(text);
}

double number_of(const record_value& value) { return std::stod(value.text); }

TEST_CASE("aggregate agrees with sums made by hand, however the input is cut") {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    CAPTURE(seed);
    const auto in = random_records(seed, false);
    std::map<std::string, std::vector<double>> values;
    std::map<std::string, std::size_t> counts;
    for (const auto& record : in) {
      const auto key = to_text(record["k"]);
      ++counts[key];
      auto& list = values[key];
      if (record["v"].what != record_value::kind::null) list.push_back(number_of(record["v"]));
    }
    stage_harness stage("aggregate",
                        "{by: [k], compute: {n: count(), c: count(v), s: sum(v), m: mean(v),"
                        " lo: min(v), hi: max(v), p: 'quantile(v, 0.9)'}}");
    const auto out = stage.run(in);
    CHECK(out.size() == counts.size());
    for (const auto& group : out) {
      const auto key = to_text(group["k"]);
      auto& list = values[key];
      CHECK(number_of(group["n"]) == counts[key]);
      CHECK(number_of(group["c"]) == list.size());
      if (list.empty()) continue;
      std::sort(list.begin(), list.end());
      double sum = 0;
      for (const double v : list) sum += v;
      CHECK(number_of(group["s"]) == doctest::Approx(sum));
      CHECK(number_of(group["m"]) == doctest::Approx(sum / static_cast<double>(list.size())));
      CHECK(number_of(group["lo"]) == list.front());
      CHECK(number_of(group["hi"]) == list.back());
      const double p = list[static_cast<std::size_t>(0.9 * static_cast<double>(list.size() - 1))];
      CHECK(std::abs(number_of(group["p"]) - p) <= std::abs(p) * 0.0100001);
    }
  }
}

TEST_CASE("the order of the records changes nothing, to the last digit") {
  // Of keys and numbers that are equal and differently written, and sums that lose digits on the
  // way.
  const auto odd = records(
      "[{k: 1, v: 1e300}, {k: 1.0, v: -1e300}, {k: 10e-1, v: 0.1}, {k: 1, v: 0.10}, {k: 1, v: "
      "1e308},"
      " {k: 1.0, v: 1e308}, {k: 1, v: -1e308}, {k: [1, 2], v: 0.0}, {k: [1,2.0], v: -0.0},"
      " {k: {a: 1, b: 2}, v: 2}, {k: {b: 2, a: 1}, v: 2.0}, {k: 2.50, v: 1e-300}, {k: 2.5, v: "
      "1e20}]");
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    CAPTURE(seed);
    auto in = random_records(seed, false);
    in.insert(in.end(), odd.begin(), odd.end());
    stage_harness stage("aggregate",
                        "{by: [k], compute: {n: count(), s: sum(v), m: mean(v), lo: min(v),"
                        " hi: max(v), p: 'quantile(v, 0.9)'}}");
    const auto expected = stage.run(in);
    random_source random(seed);
    for (int round = 0; round < 3; ++round) {
      for (std::size_t i = in.size(); i > 1; --i)
        std::swap(in[i - 1], in[random.below(static_cast<std::uint32_t>(i))]);
      CHECK(stage.run(in) == expected);
    }
  }
}

TEST_CASE("declared and undeclared columns give the same results") {
  const char* options =
      "{by: [k], compute: {n: count(), s: sum(v), m: mean(v), lo: min(v), hi: max(v),"
      " p: 'quantile(v, 0.5)'}}";
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    CAPTURE(seed);
    const auto in = random_records(seed, true);
    stage_harness dynamic("aggregate", options);
    stage_harness declared("aggregate", options);
    declared.declare({{"k", column_type::string}, {"v", column_type::int64}});
    CHECK(dynamic.run(in) == declared.run(in));
  }
}

TEST_CASE("results have the types that their aggregates and columns give them") {
  stage_harness stage("aggregate",
                      "{by: [k, r.p], compute: {n: count(), m: mean(v), hi: max(v), si: sum(v),"
                      " sd: sum(d), both: sum(d) / count()}}");
  const known_columns in{.fields = {{"k", column_type::string},
                                    {"v", column_type::int64},
                                    {"d", column_type::float64},
                                    {"r", column_type::json}},
                         .complete = true};
  const auto known = stage.configured().known(0, {in});
  CHECK(known.complete);
  std::vector<field> expected = {{"k", column_type::string},  {"p", column_type::dynamic},
                                 {"n", column_type::int64},   {"m", column_type::float64},
                                 {"hi", column_type::int64},  {"si", column_type::dynamic},
                                 {"sd", column_type::float64}};
  for (auto& f : expected) f.always = true;
  REQUIRE(known.fields.size() == expected.size() + 1);
  for (std::size_t i = 0; i < expected.size(); ++i) CHECK(known.fields[i] == expected[i]);
  CHECK(known.fields.back().name == "both");
}

TEST_CASE("aggregate wants the columns it reads and no others") {
  stage_harness stage("aggregate",
                      "{by: [k, r.p, _file], compute: {a: sum(x + y.z) / count(), b: max(x)}}");
  const auto wanted = stage.configured().demand(0, {column_demand::everything()});
  CHECK_FALSE(wanted.all);
  CHECK(wanted.raw_formats.empty());
  CHECK(wanted.columns == std::set<std::string>{"k", "r", "x", "y"});
}

TEST_CASE("a flush passes an aggregate and makes it give nothing early") {
  stage_harness stage("aggregate", "{compute: {n: count()}}");
  const auto run = stage.start();
  REQUIRE(run->open());
  REQUIRE(run->give(stage.chunk(records("[{a: 1}]"))));
  CHECK(run->give(mark{mark::kind::flush}) == answer::wait);
  CHECK(run->out().port(0).marks == std::vector<mark>{{mark::kind::flush}});
  CHECK(run->sent().empty());
  REQUIRE(run->give(stage.chunk(records("[{a: 2}]"))));
  REQUIRE(run->finish());
  CHECK(run->sent() == records("[{n: 2}]"));
}

chunk_ptr chunk_of_keys(std::uint32_t first, std::uint32_t count) {
  chunk::parts made;
  column_builder keys;
  for (std::uint32_t i = 0; i < count; ++i)
    keys.append_text(fmt::format("the key with number {:08}", (first + i) * 7919 % 100'000));
  made.rows = count;
  made.columns = {keys.finish()};
  made.columns_schema =
      std::make_shared<const schema>(std::vector<field>{{"k", column_type::dynamic}});
  return make_chunk(std::move(made));
}

TEST_CASE("many groups leave sorted, a chunk a call, and their memory is told") {
  stage_harness stage("aggregate", "{by: [k], compute: {n: count(), twice: 2 * count()}}");
  const auto run = stage.start({.tight = true});
  REQUIRE(run->open());
  for (std::uint32_t first = 0; first < 200'000; first += 5'000)
    REQUIRE(run->give(chunk_of_keys(first, 5'000)));
  CHECK(run->in().held() > byte_size{100'000 * (32 + 28 + 8)});
  CHECK(run->in().held() < 40_MiB);
  REQUIRE(run->finish());
  std::uint32_t number = 0;
  std::uint32_t wrong = 0;
  const auto& chunks = run->out().port(0).chunks;
  CHECK(chunks.size() > 10);
  for (const auto& c : chunks) {
    CHECK(c->bytes() < 1_MiB);
    const auto& columns = c->columns();
    for (std::uint32_t row = 0; row < c->rows(); ++row, ++number)
      if (columns[0]->string(row) != fmt::format("the key with number {:08}", number) ||
          columns[1]->int64s()[row] != 2 || columns[2]->at(row).int64 != 4)
        ++wrong;
  }
  CHECK(number == 100'000);
  CHECK(wrong == 0);
}

// Keys of two columns, `of` values of each, many of them written in several ways, and numbers.
chunk_ptr chunk_of_many(random_source& random, std::uint32_t of, std::uint32_t count) {
  std::vector<column_builder> made(4);
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint32_t n = random.below(of);
    const bool plain = random.below(2) == 0;
    switch (n % 5) {
      case 0:
        made[0].append_text(fmt::format("the key with number {:08}", n));
        break;
      case 1:
        plain ? made[0].append_int64(n) : made[0].append_float64(n, fmt::format("{}.0", n));
        break;
      case 2:
        made[0].append_text(fmt::format(fmt::runtime(plain ? "[{},true]" : "[ {}, true]"), n),
                            value_kind::json);
        break;
      case 3:
        n == 3 ? made[0].append_null() : made[0].append_text(fmt::format("k{}", n));
        break;
      default:
        made[0].append_float64(n + 0.5, fmt::format(fmt::runtime(plain ? "{}.50" : "{}.5"), n));
    }
    made[1].append_boolean(random.below(2) == 0);
    made[2].append_float64(random.below(8) == 0 ? 1e300 : random.fraction() * 1e6);
    made[3].append_text(fmt::format("a text of some length, number {}", random.below(1000)));
  }
  chunk::parts parts;
  parts.rows = count;
  std::vector<field> fields;
  for (const char* name : {"k", "b", "v", "t"}) fields.push_back({name, column_type::dynamic});
  for (auto& m : made) parts.columns.push_back(m.finish());
  parts.columns_schema = std::make_shared<const schema>(std::move(fields));
  return make_chunk(std::move(parts));
}

struct counted_groups {
  record_list groups;
  std::vector<std::string> told;
  byte_size most_held;
};

counted_groups count_many(byte_size memory, std::uint32_t of) {
  const temporary_folder folder;
  stage_harness stage("aggregate",
                      "{by: [k, b], compute: {n: count(), s: sum(v), m: mean(v), lo: min(t),"
                      " hi: max(t), p: 'quantile(v, 0.5)', half: count() / 2}}");
  const auto run = stage.start({.memory = memory, .tight = true});
  run->in().set_temporary_folder(folder.path(""));
  REQUIRE(run->open());
  random_source random(11);
  counted_groups done;
  for (int i = 0; i < 40; ++i) {
    REQUIRE(run->give(chunk_of_many(random, of, 1000)));
    done.most_held.bytes = std::max(done.most_held.bytes, run->in().held().bytes);
    // Nothing that a killed process would leave behind.
    CHECK(folder.files() == 0);
  }
  REQUIRE(run->finish());
  done.groups = run->sent();
  done.told = run->in().told();
  return done;
}

TEST_CASE("groups that do not fit into memory go to a file and come out the same") {
  const auto expected = count_many(1_GiB, 9'000);
  CHECK(expected.told.empty());
  CHECK(expected.groups.size() > 15'000);
  for (const auto memory : {4_MiB, 1_MiB, 256_KiB}) {
    CAPTURE(to_text(memory));
    const auto got = count_many(memory, 9'000);
    CHECK(got.groups == expected.groups);
    // What one chunk adds is seen when it is there.
    CHECK(got.most_held.bytes <= memory.bytes + (1_MiB).bytes);
    REQUIRE(got.told.size() == 2);
    CHECK(got.told[0].starts_with(fmt::format(
        "its groups do not fit into 'memory: {}' and go to a file in '/", to_text(memory))));
    CHECK(got.told[1].starts_with("merges "));
  }
}

TEST_CASE("one group is kept in memory, however little there is") {
  stage_harness stage("aggregate", "{compute: {n: count(), p: 'quantile(k, 1.0)'}}");
  const auto run = stage.start({.memory = 1_KiB});
  REQUIRE(run->open());
  REQUIRE(run->give(stage.chunk(records("[{k: 1}, {k: 2}, {k: 3}]"))));
  REQUIRE(run->finish());
  CHECK(run->sent() == records("[{n: 3, p: 3.0}]"));
  CHECK(run->in().told().empty());
}

TEST_CASE("groups that fit neither into memory nor into a file fail with advice") {
  stage_harness stage("aggregate", "{by: [k], compute: {n: count()}}");
  const auto run = stage.start({.memory = 1_MiB});
  run->in().set_temporary_folder("/nowhere/at-all");
  REQUIRE(run->open());
  stage_answer said = answer::wait;
  std::uint32_t first = 0;
  for (; said && first < 100'000; first += 1'000) said = run->give(chunk_of_keys(first, 1'000));
  REQUIRE_FALSE(said);
  CHECK(first < 20'000);
  CHECK(said.error().code == "spill-file");
  CHECK(said.error().text ==
        "'/nowhere/at-all': no such file; groups that do not fit into 'memory: 1MiB' "
        "go there: group by fewer values, raise 'memory', or have TMPDIR name a folder with room");
}

TEST_CASE("options of an aggregate that can't work are refused") {
  const auto problems = [](const char* options) { return option_problems("aggregate", options); };
  CHECK(problems("{by: [host], compute: {n: count()}}").empty());
  CHECK(problems("{by: [host]}").size() == 1);
  CHECK(problems("{by: [a.host, host], compute: {n: count()}}") ==
        std::vector<std::string>{"1:15: option 'by': there is a column 'host' already; make one of "
                                 "another name with 'map'"});
  CHECK(problems("{by: [host], compute: {n: count(), host: sum(v)}}") ==
        std::vector<std::string>{"1:36: option 'compute': 'host' is a column of 'by' already"});
  CHECK(problems("{compute: {}}") ==
        std::vector<std::string>{
            "1:11: option 'compute': there is nothing to compute and nothing to group by"});
  CHECK(problems("{compute: {n: cuont()}}").size() == 1);
}

}  // namespace
}  // namespace weir::testing
