#include "pipelines/spec/pipeline_reader.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <map>

namespace weir {
namespace {

std::string told(const problems& found) {
  std::string out;
  for (const auto& p : found.all()) out += to_text(p) + "\n";
  return out;
}

pipeline_spec read(std::string_view text, const pipeline_inputs& inputs = {}) {
  problems found;
  const auto spec = read_pipeline(text, "folder/slow.yaml", inputs, found);
  CHECK(told(found) == "");
  REQUIRE(spec);
  return *spec;
}

std::string problems_of(std::string_view text, const pipeline_inputs& inputs = {}) {
  problems found;
  read_pipeline(text, "p.yaml", inputs, found);
  return told(found);
}

std::string option(const stage_spec& stage, std::string_view name) {
  const config_value* value = stage.options.find(name);
  return value == nullptr ? "none" : described(*value);
}

const char* const with_params = R"(weir: 1
params:
  count: {type: int, default: 5, documentation: How many.}
  path: {type: string}
stages:
  - {type: generate, count: "${count}"}
  - {type: write_file, path: "${path}"}
)";

}  // namespace

TEST_CASE("a pipeline file is read with everything it says") {
  const auto spec = read(R"(weir: 1
pipeline: slow-requests
description: The slow ones.
memory: 64MiB
drain: 2s
on_failure: fail
x-common: &credit {chunks: 2, bytes: 1MiB}
stages:
  - {name: access, type: read_file, path: a.ndjson, description: The log.}
  - {type: filter, where: status >= 500, credit: *credit, when_full: drop_oldest, workers: 3}
  - {type: filter, where: status < 500, from: access.rejected, workers: auto, ordered: false}
  - {type: print, from: [filter, access]}
  - {type: join, from: {left: access, right: [filter, access]}}
)");
  CHECK(spec.name == "slow-requests");
  CHECK(spec.description == "The slow ones.");
  CHECK(spec.memory == 64_MiB);
  CHECK(spec.drain == std::chrono::seconds(2));
  REQUIRE(spec.stages.size() == 5);
  CHECK(spec.stages[0].name == "access");
  CHECK(spec.stages[0].is_named);
  CHECK(option(spec.stages[0], "path") == "'a.ndjson'");
  CHECK(spec.stages[0].options.entries.size() == 1);
  CHECK(spec.stages[1].name == "filter");
  CHECK(!spec.stages[1].is_named);
  CHECK(spec.stages[1].credit == credit_limits{2, 1_MiB});
  CHECK(spec.stages[1].full == when_full::drop_oldest);
  CHECK(!spec.stages[0].workers.has_value());
  CHECK(spec.stages[1].workers == 3U);
  CHECK(spec.stages[1].ordered);
  CHECK(spec.stages[2].workers == workers_by_threads);
  CHECK(!spec.stages[2].ordered);
  CHECK(spec.stages[1].from.what == from_spec::form::none);
  CHECK(spec.stages[2].name == "filter_2");
  CHECK(spec.stages[2].from.what == from_spec::form::one);
  CHECK(spec.stages[2].from.members[0].stage == "access");
  CHECK(spec.stages[2].from.members[0].port == "rejected");
  CHECK(spec.stages[3].from.what == from_spec::form::list);
  CHECK(spec.stages[3].from.members.size() == 2);
  REQUIRE(spec.stages[4].from.what == from_spec::form::map);
  CHECK(spec.stages[4].from.named[1].name == "right");
  CHECK(spec.stages[4].from.named[1].members.size() == 2);
}

TEST_CASE("a pipeline without a name is called by its file") {
  CHECK(read("weir: 1\nstages: [{type: print}]").name == "slow");
}

TEST_CASE("params take their defaults, or what is given") {
  const auto spec = read(with_params, {.parameters = {"path=x=y"}, .settings = {}});
  CHECK(option(spec.stages[0], "count") == "'5'");
  CHECK(option(spec.stages[1], "path") == "'x=y'");
  CHECK(option(read(with_params, {.parameters = {"path=a", "count=7"}, .settings = {}}).stages[0],
               "count") == "'7'");
}

TEST_CASE("problems with what is given stand at the argument") {
  struct row {
    std::vector<std::string> parameters, settings;
    const char* told;
  };
  const row rows[] = {
      {{"path=a", "count=many"},
       {},
       "--param count=many: param 'count': 'many' is not a whole number\n"},
      {{"path=a", "cuont=5"},
       {},
       "--param cuont=5: unknown param 'cuont'; did you mean 'count'?\n"},
      {{"path=a", "count"}, {}, "--param count: write it as 'name=value'\n"},
      {{},
       {},
       "p.yaml:4:3: param 'path': it has no default and was not given; run with '--param "
       "path=...'\n"},
      {{"path=a"}, {"count=5"}, "--set count=5: write it as 'stage.option=value'\n"},
      {{"path=a"},
       {"generat.count=5"},
       "--set generat.count=5: unknown stage 'generat'; did you mean 'generate'?\n"},
      {{"path=a"},
       {"generate.type=print"},
       "--set generate.type=print: 'type' can't be set; it says which stage this is\n"},
      {{"path=a"},
       {"generate.count=[5"},
       "--set generate.count=[5: the '[' that opens here is never closed\n"},
      {{"path=a"},
       {"generate.workers=0"},
       "--set generate.workers=0: stage 'generate', 'workers': 0 is not between 1 and 1024, nor "
       "'auto'\n"},
      {{"path=a"},
       {"generate.workers=auot"},
       "--set generate.workers=auot: stage 'generate', 'workers': 'auot' is not a whole number; "
       "did you mean 'auto'?\n"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.told);
    CHECK(problems_of(with_params, {.parameters = row.parameters, .settings = row.settings}) ==
          row.told);
  }
}

TEST_CASE("a setting replaces an option or adds one") {
  const auto spec = read(with_params, {.parameters = {"path=a"},
                                       .settings = {"generate.count=9", "generate.set={a: [1, 2]}",
                                                    "write_file.credit={chunks: 3}"}});
  CHECK(option(spec.stages[0], "count") == "'9'");
  CHECK(option(spec.stages[0], "set") == "a map");
  CHECK(spec.stages[1].credit.chunks == 3);
  CHECK(option(spec.stages[1], "credit") == "none");
}

TEST_CASE("the environment is asked for what is no param") {
  const std::map<std::string, std::string> set{{"HOME", "/root"}, {"path", "never"}};
  pipeline_inputs inputs;
  inputs.parameters = {"path=given"};
  inputs.environment = [&](const std::string& name) {
    const auto known = set.find(name);
    return known == set.end() ? std::nullopt : std::optional(known->second);
  };
  const auto spec = read(R"(weir: 1
params:
  path: {type: string}
  home: {default: "${HOME}/logs"}
stages:
  - {type: read_file, path: ["${path}", "${home}", "${HOME}"]}
)",
                         inputs);
  const config_value& paths = *spec.stages[0].options.find("path");
  CHECK(paths.items[0].text == "given");
  CHECK(paths.items[1].text == "/root/logs");
  CHECK(paths.items[2].text == "/root");
}

TEST_CASE("what a stage misses leaves the others and the file checked") {
  CHECK(
      problems_of("weir: 1\nmemory: 5\nstages:\n  - {type: a, x: \"${NONE}\"}\n  - {type: b, "
                  "restart: 2}\n") ==
      "p.yaml:2:9: option 'memory': '5' has no unit; write it as '5B', '5KiB' or '5MiB'\n"
      "p.yaml:4:19: 'NONE' is neither a param nor set in the environment\n"
      "p.yaml:5:24: stage 'b', option 'restart': '2' is not a map, as in {most: 3, within: 5s}\n");
}

}  // namespace weir
