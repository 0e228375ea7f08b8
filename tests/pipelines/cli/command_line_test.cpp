#include "pipelines/cli/command_line.hpp"

#include <doctest/doctest.h>

#include "runtime/base/text.hpp"
#include "tests/support/approved_text.hpp"

namespace weir::testing {
namespace {

// Words of a command line, at single spaces.
result<command> parse(std::string_view words) {
  std::vector<std::string> texts;
  if (!words.empty())
    for (const auto word : split(words, ' ')) texts.emplace_back(word);
  std::vector<const char*> pointers;
  for (const auto& text : texts) pointers.push_back(text.c_str());
  return parse_command_line(pointers);
}

template <class Arguments>
Arguments parsed(std::string_view words) {
  const auto read = parse(words);
  REQUIRE(read);
  REQUIRE(std::holds_alternative<Arguments>(*read));
  return std::get<Arguments>(*read);
}

}  // namespace

TEST_CASE("run has defaults for all but its file") {
  const auto run = parsed<run_arguments>("run a.yaml");
  CHECK(run.file == "a.yaml");
  CHECK(run.executor == executor_kind::actors);
  CHECK_FALSE(run.threads);
  CHECK_FALSE(run.drain);
  CHECK(run.report == report_form::text);
  CHECK(run.seed == 0);
  CHECK_FALSE(run.dead_letters);
  CHECK_FALSE(run.quiet);
  CHECK_FALSE(run.strict);
}

TEST_CASE("run takes its options before and behind its file") {
  const auto run = parsed<run_arguments>(
      "run --param a=1 --executor actors a.yaml --threads 3 --param b=x=y --set filter.where=a "
      "--drain 1m30s --report json --seed 7 --strict");
  CHECK(run.file == "a.yaml");
  CHECK(run.given.params == std::vector<std::string>{"a=1", "b=x=y"});
  CHECK(run.given.settings == std::vector<std::string>{"filter.where=a"});
  CHECK(run.executor == executor_kind::actors);
  CHECK(run.threads == 3U);
  CHECK(run.drain == std::chrono::seconds(90));
  CHECK(run.report == report_form::json);
  CHECK(run.seed == 7);
  CHECK(run.strict);
}

TEST_CASE("replay takes letters, a file, and the options of run") {
  const auto replay = parsed<replay_arguments>("replay - a.yaml --threads 3 --dead-letters b");
  CHECK(replay.letters == "-");
  CHECK(replay.run.file == "a.yaml");
  CHECK(replay.run.threads == 3U);
  CHECK(replay.run.dead_letters == "b");
  CHECK_FALSE(parsed<replay_arguments>("replay a.yaml b.yaml").run.dead_letters);
}

TEST_CASE("--quiet leaves the report out, unless one is asked for") {
  CHECK(parsed<run_arguments>("run a.yaml --quiet").report == report_form::none);
  CHECK(parsed<run_arguments>("run a.yaml --quiet --report json").report == report_form::json);
}

TEST_CASE("check takes any number of files") {
  const auto check = parsed<check_arguments>("check a.yaml b.yaml --format json --strict");
  CHECK(check.files == std::vector<std::string>{"a.yaml", "b.yaml"});
  CHECK(check.json);
  CHECK(check.strict);
}

TEST_CASE("test takes files, a name and schedules") {
  const auto plain = parsed<test_arguments>("test a.yaml b.yaml");
  CHECK(plain.files == std::vector<std::string>{"a.yaml", "b.yaml"});
  CHECK(plain.test.empty());
  CHECK_FALSE(plain.seeds);
  CHECK_FALSE(plain.seed);
  CHECK(plain.form == test_form::text);
  CHECK_FALSE(plain.quiet);
  const auto all = parsed<test_arguments>(
      "test a.yaml --test slow* --seeds 30 --format junit --junit r.xml --quiet --param a=1");
  CHECK(all.test == "slow*");
  CHECK(all.seeds == 30U);
  CHECK(all.form == test_form::junit);
  CHECK(all.junit == "r.xml");
  CHECK(all.quiet);
  CHECK(all.given.params == std::vector<std::string>{"a=1"});
  CHECK(parsed<test_arguments>("test a.yaml --seed 18446744073709551615").seed == UINT64_MAX);
}

TEST_CASE("explain takes threads and a format") {
  const auto plain = parsed<explain_arguments>("explain a.yaml");
  CHECK(plain.file == "a.yaml");
  CHECK_FALSE(plain.threads);
  CHECK_FALSE(plain.json);
  const auto all =
      parsed<explain_arguments>("explain --threads 3 a.yaml --format json --param a=1");
  CHECK(all.threads == 3U);
  CHECK(all.json);
  CHECK(all.given.params == std::vector<std::string>{"a=1"});
}

TEST_CASE("a file may be called like a command or an option") {
  CHECK(parsed<run_arguments>("run list").file == "list");
  CHECK(parsed<run_arguments>("run -- --quiet").file == "--quiet");
}

TEST_CASE("the other commands are read") {
  CHECK(parsed<graph_arguments>("graph a.yaml").file == "a.yaml");
  const auto eval = parsed<eval_arguments>("eval a+1 b.csv --format csv --strict");
  CHECK(eval.expression == "a+1");
  CHECK(eval.file == "b.csv");
  CHECK(eval.format == "csv");
  CHECK(eval.strict);
  CHECK(parsed<eval_arguments>("eval a --json {}").json == "{}");
  CHECK(parsed<inspect_arguments>("inspect").stage.empty());
  CHECK(parsed<inspect_arguments>("inspect filter").stage == "filter");
  CHECK(parsed<inspect_arguments>("inspect --format json-schema").form == manual_form::json_schema);
  parsed<list_arguments>("list");
  parsed<version_arguments>("version");
  parsed<version_arguments>("--version");
}

TEST_CASE("no command at all is answered with the help, but was not asked for") {
  CHECK_FALSE(parsed<help_arguments>("").was_asked);
  CHECK(parsed<help_arguments>("--help").was_asked);
}

TEST_CASE("the help of each command has its options and examples") {
  std::string all;
  for (const char* words :
       {"--help", "run --help", "replay --help", "check --help", "test --help", "eval --help",
        "graph -h", "explain -h", "list -h", "inspect -h", "version -h"})
    all += "$ weir " + std::string(words) + "\n" + parsed<help_arguments>(words).text + "\n";
  check_approved("pipelines/cli/approved/help.txt", all);
}

TEST_CASE("what is wrong with a command line is told, with the nearest right thing") {
  struct row {
    const char *words, *text;
  };
  const row rows[] = {
      {"rum a.yaml",
       "'rum' is no command; they are 'run', 'replay', 'check', 'test', 'simulate', 'eval', "
       "'graph', "
       "'explain', 'list', "
       "'inspect' or "
       "'version'; did you mean 'run'?"},
      {"--quiet run a.yaml",
       "'--quiet' is no command; they are 'run', 'replay', 'check', 'test', 'simulate', 'eval', "
       "'graph', "
       "'explain', "
       "'list', "
       "'inspect' or "
       "'version'"},
      {"run", "'run' needs a pipeline file, as in 'weir run pipeline.yaml'"},
      {"check --strict", "'check' needs a pipeline file, as in 'weir check pipeline.yaml'"},
      {"run a.yaml b.yaml", "'b.yaml' is one argument more than 'run' takes"},
      {"run a.yaml list", "'list' is one argument more than 'run' takes"},
      {"inspect a b", "'b' is one argument more than 'inspect' takes"},
      {"run --exectuor inline a.yaml",
       "'run' has no option '--exectuor'; did you mean '--executor'?"},
      {"run --exectuor", "'run' has no option '--exectuor'; did you mean '--executor'?"},
      {"run a.yaml --thread=3", "'run' has no option '--thread=3'; did you mean '--threads'?"},
      {"list -q", "'list' has no option '-q'"},
      {"run a.yaml --threads", "option '--threads' needs a value"},
      {"run a.yaml --seed 1 --seed=2", "option '--seed' is given more than once"},
      {"run a.yaml --seed 1 --seed", "option '--seed' is given more than once"},
      {"run -- a.yaml --quiet",
       "'--quiet' stands behind '--', where nothing is an option; write it before"},
      {"run a.yaml --threads 0", "option '--threads': '0' is not an integer between 1 and 1024"},
      {"run a.yaml --threads 2x", "option '--threads': '2x' is not an integer between 1 and 1024"},
      {"run a.yaml --seed -1",
       "option '--seed': '-1' is not an integer between 0 and 18446744073709551615"},
      {"run a.yaml --executor inlin",
       "option '--executor': 'inlin' is not 'actors' or 'inline'; did you mean 'inline'?"},
      {"test", "'test' needs a pipeline file, as in 'weir test pipeline.yaml'"},
      {"test a.yaml --seed 1 --seeds 2", "'test' takes '--seeds' or '--seed', not both"},
      {"test a.yaml --seeds 1000001",
       "option '--seeds': '1000001' is not an integer between 0 and 1000000"},
      {"test a.yaml --format xml", "option '--format': 'xml' is not 'text' or 'junit'"},
      {"run a.yaml --report xml", "option '--report': 'xml' is not 'text', 'json' or 'none'"},
      {"run a.yaml --drain 10",
       "option '--drain': '10' has no unit; write it as '10ms', '10s' or '10m'"},
      {"run a.yaml --drain -2s", "option '--drain': '-2s' is less than nothing"},
      {"run a.yaml --executor inline --threads 2",
       "option '--threads' means nothing with '--executor inline', which has one thread"},
      {"inspect --format md", "option '--format': 'md' is not 'text', 'markdown' or 'json-schema'"},
      {"check a.yaml --format yaml", "option '--format': 'yaml' is not 'text' or 'json'"},
  };
  for (const auto& row : rows) {
    INFO(row.words);
    const auto read = parse(row.words);
    REQUIRE_FALSE(read);
    CHECK(read.error().code == "usage");
    CHECK(read.error().text == row.text);
  }
}

}  // namespace weir::testing
