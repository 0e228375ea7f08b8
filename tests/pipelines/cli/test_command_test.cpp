// `weir test` as a process: what it prints, what it refuses, and how it ends.

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <re2/re2.h>

#include <optional>

#include "runtime/base/text.hpp"
#include "tests/actors/support/temporary_folder.hpp"
#include "tests/support/approved_text.hpp"
#include "tests/support/process.hpp"

namespace weir::testing {
namespace {

constexpr const char* stages = R"(weir: 1
params:
  least: {type: int, default: 500}
stages:
  - {name: access, type: read_file, path: access.ndjson}
  - {type: filter, where: "status >= ${least}"}
  - {type: print}
)";

constexpr const char* passing = R"(tests:
  - name: server errors are kept
    seeds: 3
    input:
      access: [{status: 500, host: a}, {status: 404, host: b}, {status: odd}]
    output:
      filter: [{status: 500, host: a}]
      print: {count: 1, each: status >= 500}
    rejected: [{stage: filter, reason: string}]
  - name: a quiet day
    input: {access: []}
    output: {print: []}
)";

constexpr const char* failing = R"(tests:
  - name: "what's <wrong> & \"odd\""
    input:
      access: [{status: 500, host: a}, {status: 404, host: b}, {status: 503, host: "<c>&"}]
    output:
      filter: [{status: 500, host: a}, {status: 503, host: c}, {status: 504, host: d}]
      print: {each: status > 500, any: host == 'c'}
    rejected: [{stage: filter, reason: string}]
  - name: all is well
    input: {access: []}
    output: {filter: []}
)";

// Which two of three records come first is left to the schedule.
constexpr const char* race = R"(weir: 1
stages:
  - {name: a, type: read_file, path: a.ndjson}
  - {name: b, type: read_file, path: b.ndjson}
  - {type: head, from: [a, b], count: 2}
  - {type: print}
tests:
  - {name: a's first, input: {a: [{n: 1}, {n: 2}], b: [{n: 3}]}, output: {head: [{n: 1}, {n: 2}]}}
)";

class test_folder {
 public:
  void write(const char* name, const std::string& text) { folder_.write(name, text); }
  std::string read(const char* name) const { return folder_.read(name); }

  process_result run(std::vector<std::string> arguments, const char* output_path = "") const {
    process_setup setup;
    setup.arguments = {WEIR_BINARY, "test"};
    setup.arguments.insert(setup.arguments.end(), arguments.begin(), arguments.end());
    setup.folder = folder_.path("");
    setup.output_path = output_path;
    return run_process(setup);
  }

 private:
  temporary_folder folder_;
};

// Times differ from run to run.
std::string without_times(std::string text) {
  RE2::GlobalReplace(&text, " +[0-9.]+(ns|us|ms|s)  ", "  TIME  ");
  RE2::GlobalReplace(&text, "in [0-9.]+(ns|us|ms|s)\n", "in TIME\n");
  RE2::GlobalReplace(&text, "time=\"[0-9]+\\.[0-9]{3}\"", "time=\"TIME\"");
  return text;
}

}  // namespace

TEST_CASE("test tells a line a test, and ends with 0 where all pass") {
  test_folder folder;
  folder.write("a.yaml", std::string(stages) + passing);
  const auto done = folder.run({"a.yaml"});
  CHECK(done.code == 0);
  CHECK(done.errors.empty());
  check_approved("pipelines/cli/approved/test_passed.txt", without_times(done.output));
  const auto quiet = folder.run({"--quiet", "a.yaml"});
  CHECK(quiet.code == 0);
  CHECK(quiet.output.empty());
}

TEST_CASE("test tells once that its output can't be written, and ends with 1") {
  test_folder folder;
  folder.write("a.yaml", std::string(stages) + passing);
  const auto done = folder.run({"a.yaml", "a.yaml"}, "/dev/full");
  CHECK(done.code == 1);
  CHECK(done.errors == "weir: the output can't be written (No space left on device)\n");
}

TEST_CASE("test shows what differs, and ends with 1") {
  test_folder folder;
  folder.write("a.yaml", std::string(stages) + passing);
  folder.write("b.yaml", std::string(stages) + failing);
  const auto done = folder.run({"a.yaml", "b.yaml"});
  CHECK(done.code == 1);
  CHECK(done.errors.empty());
  check_approved("pipelines/cli/approved/test_failed.txt", without_times(done.output));
  const auto quiet = folder.run({"--quiet", "a.yaml", "b.yaml"});
  CHECK(quiet.code == 1);
  CHECK(quiet.output.starts_with("\nb.yaml:9:5: test "));
}

TEST_CASE("test writes what came of the tests in JUnit's form") {
  test_folder folder;
  folder.write("a.yaml", std::string(stages) + passing);
  folder.write("b.yaml", std::string(stages) + failing);
  const auto done = folder.run({"--format", "junit", "a.yaml", "b.yaml"});
  CHECK(done.code == 1);
  CHECK(without_times(done.errors) == "1 of 4 tests failed, 123 runs in TIME\n");
  check_approved("pipelines/cli/approved/test_junit.xml", without_times(done.output));
  const auto beside = folder.run({"--junit", "report.xml", "a.yaml", "b.yaml", "--quiet"});
  CHECK(beside.code == 1);
  CHECK(beside.output.starts_with("\nb.yaml:9:5: test "));
  CHECK(without_times(folder.read("report.xml")) == without_times(done.output));
  const auto nowhere = folder.run({"--junit", "no/report.xml", "a.yaml"});
  CHECK(nowhere.code == 1);
  CHECK(nowhere.errors == "weir: 'no/report.xml' can't be written (No such file or directory)\n");
}

TEST_CASE("test runs those tests alone that are asked for") {
  test_folder folder;
  folder.write("b.yaml", std::string(stages) + failing);
  for (const char* name : {"all is well", "is well", "all*", "*well"}) {
    CAPTURE(name);
    const auto done = folder.run({"b.yaml", "--test", name});
    CHECK(done.code == 0);
    CHECK(done.output.find("\n1 test passed, ") != std::string::npos);
  }
  const auto none = folder.run({"b.yaml", "--test", "all was well"});
  CHECK(none.code == 2);
  CHECK(none.output.empty());
  CHECK(none.errors ==
        "weir: option '--test': no test is named like 'all was well'; did you mean 'all is "
        "well'?\n");
}

TEST_CASE("a whole name means that test, not those that it is a part of") {
  test_folder folder;
  folder.write("a.yaml", std::string(stages) +
                             "tests:\n"
                             "  - {name: one, input: {access: []}, output: {print: []}}\n"
                             "  - {name: one more, input: {access: []}, output: {print: []}}\n");
  CHECK(folder.run({"a.yaml", "--test", "one"}).output.find("1 test passed") != std::string::npos);
  CHECK(folder.run({"a.yaml", "--test", "on"}).output.find("2 tests passed") != std::string::npos);
}

TEST_CASE("a schedule that fails is told with the command that runs it again") {
  test_folder folder;
  folder.write("race.yaml", race);
  std::optional<int> good, bad;
  for (int seed = 1; seed <= 50 && !(good && bad); ++seed)
    (folder.run({"race.yaml", "--seed", std::to_string(seed)}).code == 0 ? good : bad) = seed;
  REQUIRE(good);
  REQUIRE(bad);
  const auto failed =
      folder.run({"race.yaml", "--seed", std::to_string(*bad), "--set", "head.count=2"});
  CHECK(failed.code == 1);
  CHECK(failed.output.find(fmt::format("\n  simulated, seed {}, ", *bad)) != std::string::npos);
  CHECK(failed.output.find(
            fmt::format("\n    again: weir test race.yaml --test 'a'\\''s first' --seed {} --set "
                        "head.count=2\n",
                        *bad)) != std::string::npos);
  // What is told is told again, word for word, but for the time it took.
  const auto again = folder.run({"race.yaml", "--test", "a's first", "--seed", std::to_string(*bad),
                                 "--set", "head.count=2"});
  CHECK(again.code == 1);
  CHECK(without_times(again.output) == without_times(failed.output));
}

TEST_CASE("test takes params, and tests beside their pipeline") {
  test_folder folder;
  folder.write("p.yaml", stages);
  folder.write("tests/t.yaml",
               "weir: 1\npipeline: ../p.yaml\ntests:\n"
               "  - name: by files\n"
               "    input: {access: {file: in.csv}}\n"
               "    output: {print: {file: out.ndjson}}\n");
  folder.write("tests/in.csv", "status,host\n400,a\n500,b\n");
  folder.write("tests/out.ndjson",
               "{\"status\":400,\"host\":\"a\"}\n{\"status\":500,\"host\":\"b\"}\n");
  CHECK(folder.run({"tests/t.yaml", "--param", "least=300"}).code == 0);
  CHECK(folder.run({"tests/t.yaml"}).code == 1);
}

TEST_CASE("what is wrong with a file is told before any test is run, and ends with 2") {
  struct row {
    const char *text, *errors;
  };
  const row rows[] = {
      {"tests:\n  - {name: t, input: {acess: []}, output: {print: []}}\n",
       "a.yaml:9:23: test 't': unknown stage 'acess'; did you mean 'access'?\n"},
      {"tests:\n  - {name: t, output: {print: []}}\n",
       "a.yaml:9:5: test 't': 'access' reads files; give its records under 'input', as in "
       "'access: []'\n"},
      {"tests:\n  - {name: t, input: {access: []}, output: {print: {each: size(host)}}}\n",
       "a.yaml:9:59: test 't', 'output', 'print', 'each': bool is wanted here, found int\n"},
      {"tests:\n  - {name: t, input: {access: []}, output: {print: []}}\n"
       "  - {name: t, input: {access: []}, output: {print: []}}\n",
       "a.yaml:10:5: two tests are named 't'\n"},
      {"tests:\n  - {name: t, input: {access: {file: no.ndjson}}, output: {print: []}}\n",
       "a.yaml:9:38: test 't', 'access': 'no.ndjson': no such file\n"},
      {"tests: []\n", "a.yaml: there are no tests in it\n"},
      {"", "a.yaml: there are no tests in it\n"},
      {"test:\n  - {name: t, input: {access: []}, output: {print: []}}\n",
       "a.yaml:8:1: unknown key 'test'; did you mean 'tests'?\n"},
  };
  test_folder folder;
  folder.write("good.yaml", std::string(stages) + passing);
  for (const auto& row : rows) {
    CAPTURE(row.text);
    folder.write("a.yaml", std::string(stages) + row.text);
    const auto done = folder.run({"a.yaml"});
    CHECK(done.code == 2);
    CHECK(done.output.empty());
    CHECK(done.errors == row.errors);
  }
  folder.write("a.yaml", std::string(stages) + rows[0].text);
  const auto both = folder.run({"good.yaml", "a.yaml"});
  CHECK(both.code == 2);
  CHECK(both.output.empty());
  CHECK(folder.run({"missing.yaml"}).code == 2);
}

TEST_CASE("of several files some may have no tests, which is told") {
  test_folder folder;
  folder.write("a.yaml", std::string(stages) + passing);
  folder.write("b.yaml", stages);
  const auto done = folder.run({"a.yaml", "b.yaml"});
  CHECK(done.code == 0);
  CHECK(done.errors == "b.yaml: there are no tests in it\n");
}

}  // namespace weir::testing
