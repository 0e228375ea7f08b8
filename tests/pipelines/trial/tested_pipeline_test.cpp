#include "pipelines/trial/tested_pipeline.hpp"

#include <doctest/doctest.h>

#include "tests/actors/support/temporary_folder.hpp"
#include "tests/pipelines/trial/trials.hpp"

namespace weir::testing {
namespace {

constexpr const char* stages = R"(weir: 1
stages:
  - {name: in, type: read_file, path: a.ndjson}
  - {type: filter, where: n > 1}
  - {type: print}
)";

const std::map<std::string, std::string> pipeline_beside{
    {"tests/pipeline.yaml", stages},
    {"tests/broken.yaml", "weir: 1\nstages:\n  - {type: pront}\n"},
};

// What is wrong with `tests/t.yaml`.
std::string wrong_with(const std::string& text) {
  problems found;
  const auto read = [&](const std::string& name) -> result<std::string> {
    const auto file = pipeline_beside.find(name);
    if (file == pipeline_beside.end()) return failure("unreadable-file", "no such file");
    return file->second;
  };
  auto loaded = load_tested_pipeline(text, "tests/t.yaml", builtin(), {}, read, found);
  if (loaded.made) make_trials(std::move(loaded), builtin(), found);
  return errors_in(found);
}

}  // namespace

TEST_CASE("a file of tests names its pipeline from its own folder") {
  const auto trials = trials_of(R"(weir: 1
pipeline: pipeline.yaml
description: beside it
x-own: 1
tests:
  - {name: t, input: {in: [{n: 1}, {n: 2}]}, output: {filter: [{n: 2}]}}
)",
                                "tests/t.yaml", pipeline_beside);
  REQUIRE(trials.size() == 1);
  CHECK(trials[0].run(*make_inline_executor(), {}).wrong.empty());
}

TEST_CASE("what is wrong with a file of tests is told where it stands") {
  struct row {
    const char *text, *told;
  };
  const row rows[] = {
      {"weir: 1\ntests: []\n",
       "tests/t.yaml:1:1: the file has tests and no 'stages', and 'pipeline' is missing; it names "
       "the file of the pipeline, as in 'pipeline: pipeline.yaml'\n"},
      {"weir: 1\npipeline: [a]\ntests: []\n",
       "tests/t.yaml:2:11: 'pipeline' is a list; it names the file of the pipeline, as in "
       "'pipeline: pipeline.yaml'\n"},
      {"weir: 1\npipeline: pipelin.yaml\ntests: []\n",
       "tests/t.yaml:2:11: 'pipeline': 'tests/pipelin.yaml' can't be read: no such file\n"},
      {"weir: 1\npipeline: pipeline.yaml\ntest: []\ntests: []\nparams: {}\n",
       "tests/t.yaml:3:1: unknown key 'test'; did you mean 'tests'?\n"
       "tests/t.yaml:5:1: unknown key 'params'; keys of a file of tests are 'weir', 'pipeline', "
       "'description' or 'tests'\n"},
      {"pipeline: pipeline.yaml\ntests: []\n",
       "tests/t.yaml:1:1: the file does not say which format it has; begin it with 'weir: 1'\n"},
      {"weir: 1\npipeline: broken.yaml\ntests:\n  - {name: t, output: {print: []}}\n",
       "tests/broken.yaml:3:12: stage 'pront': unknown type 'pront'; did you mean 'print'?\n"
       "tests/t.yaml:4:24: test 't': unknown stage 'print'; did you mean 'pront'?\n"},
      {"weir: 1\npipeline: pipeline.yaml\ntests:\n"
       "  - {name: t, input: {in: []}, output: {filtr: []}}\n",
       "tests/t.yaml:4:41: test 't': unknown stage 'filtr'; did you mean 'filter'?\n"},
      {"weir: 1\npipeline: pipeline.yaml\ntests:\n"
       "  - {name: t, input: {in: []}, output: {print: [], filter: {each: n >, any: n + 1}}}\n",
       "tests/t.yaml:4:70: test 't', 'output', 'filter', 'each': a value is missing at the end of "
       "the expression\n"},
      {"weir: 1\npipeline: pipeline.yaml\ntests:\n"
       "  - {name: t, input: {in: {file: missing.ndjson}}, output: {print: []}}\n",
       "tests/t.yaml:4:34: test 't', 'in': 'tests/missing.ndjson': no such file\n"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    CHECK(wrong_with(row.text) == row.told);
  }
}

TEST_CASE("records come from files of any format, from the folder of the tests") {
  const temporary_folder folder;
  folder.write("data/in.csv", "n,s\n1,a\n2,b\n");
  folder.write("data/out.ndjson", "{\"n\": 2, \"s\": \"b\"}\n");
  folder.write("data/broken.ndjson", "{\"n\": 2}\n{\"n\": \nnothing\n");
  const std::string head = "weir: 1\npipeline: pipeline.yaml\ntests:\n  - name: t\n";
  const auto path =
      folder.write("t.yaml", head +
                                 "    input: {in: {file: data/in.csv}}\n"
                                 "    output: {filter: {file: data/out.ndjson}, in: {count: 2}}\n");
  const std::map<std::string, std::string> files{{folder.path("pipeline.yaml"), stages}};
  const auto trials = trials_of(folder.read("t.yaml"), path, files);
  REQUIRE(trials.size() == 1);
  CHECK(trials[0].run(*make_inline_executor(), {}).wrong.empty());

  problems found;
  auto loaded = load_tested_pipeline(
      head + "    input: {in: {file: data/broken.ndjson}}\n    output: {print: []}\n", path,
      builtin(), {}, [&](const std::string&) -> result<std::string> { return stages; }, found);
  REQUIRE(loaded.made);
  make_trials(std::move(loaded), builtin(), found);
  const auto place = path + ":5:24: test 't', 'in': " + folder.path("data/broken.ndjson");
  CHECK(errors_in(found) ==
        place + ":2: byte 7 of the record: the text ends where a value is due\n" + place +
            ":3: byte 1 of the record: 'nothing' is not a value of JSON\n");
}

}  // namespace weir::testing
