// The real program as a process: what it says, where, and how it ends.

#include <doctest/doctest.h>

#include "tests/actors/support/temporary_folder.hpp"
#include "tests/support/process.hpp"

namespace weir::testing {
namespace {

process_setup weir(std::vector<std::string> arguments) {
  process_setup setup;
  setup.arguments = {WEIR_BINARY};
  setup.arguments.insert(setup.arguments.end(), arguments.begin(), arguments.end());
  return setup;
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

constexpr const char* broken_pipeline = R"(weir: 1
pipeline: broken
stages:
  - {type: generate, cuont: 3, columns: {n: {counter: 0}}}
  - {type: print}
)";
constexpr const char* broken_problem =
    "broken.yaml:4:22: stage 'generate': unknown option 'cuont'; did you mean 'count'?\n";

constexpr const char* plain_pipeline = R"(weir: 1
pipeline: plain
stages:
  - {type: generate, count: 3, columns: {n: {counter: 0}}}
  - {type: print}
)";

constexpr const char* small_pipeline = R"(weir: 1
pipeline: small
stages:
  - {type: generate, count: 10, columns: {n: {counter: 0}}}
  - {type: filter, where: n < 5}
  - {type: print}
)";

// The program as a shell starts it, with `redirection` behind its command.
process_setup weir_in_shell(const std::string& redirection, std::vector<std::string> arguments) {
  auto setup = weir(std::move(arguments));
  setup.arguments.insert(setup.arguments.begin(),
                         {"/bin/sh", "-c", "exec \"$0\" \"$@\" " + redirection});
  return setup;
}

}  // namespace

TEST_CASE("no command is answered with the help on standard error, and 2") {
  const auto done = run_process(weir({}));
  CHECK(done.code == 2);
  CHECK(done.output.empty());
  CHECK(has(done.errors, "Usage: weir"));
}

TEST_CASE("help that was asked for goes to standard output") {
  for (const char* command :
       {"run", "replay", "check", "eval", "graph", "explain", "list", "inspect", "version"}) {
    const auto done = run_process(weir({command, "--help"}));
    CHECK(done.code == 0);
    CHECK(has(done.output, std::string("Usage: weir ") + command));
    CHECK(has(done.output, "Example"));
    CHECK(done.errors.empty());
  }
}

TEST_CASE("a command line that means nothing is told in one line, and 2") {
  const auto done = run_process(weir({"run", "--exectuor", "inline", "a.yaml"}));
  CHECK(done.code == 2);
  CHECK(done.output.empty());
  CHECK(done.errors == "weir: 'run' has no option '--exectuor'; did you mean '--executor'?\n");
}

TEST_CASE("version and list write to standard output") {
  const auto version = run_process(weir({"version"}));
  CHECK(version.code == 0);
  CHECK(version.output.starts_with("weir "));
  CHECK(run_process(weir({"--version"})).output == version.output);
  const auto list = run_process(weir({"list"}));
  CHECK(list.code == 0);
  CHECK(has(list.output, "\n  filter "));
}

TEST_CASE("the guides are in the list, and shown as text alone") {
  const auto list = run_process(weir({"list"}));
  CHECK(has(list.output, "\nguides\n  pipeline "));
  const auto page = run_process(weir({"inspect", "expressions"}));
  CHECK(page.code == 0);
  CHECK(page.output.starts_with("expressions: "));
  const auto none = run_process(weir({"inspect", "pipeline", "--format", "markdown"}));
  CHECK(none.code == 2);
  CHECK(none.errors == "weir: the guide 'pipeline' is text; '--format' is for stages\n");
  CHECK(run_process(weir({"inspect", "expresions"})).errors ==
        "weir: there is no type of stage and no guide 'expresions'; did you mean 'expressions'?\n");
}

TEST_CASE("inspect shows one stage, all stages, and refuses what is none") {
  const auto one = run_process(weir({"inspect", "filter"}));
  CHECK(one.code == 0);
  CHECK(one.output.starts_with("filter: a transform\n"));
  CHECK(has(run_process(weir({"inspect"})).output, "\nwrite_file: a sink\n"));
  CHECK(has(run_process(weir({"inspect", "--format", "markdown"})).output, "\n### filter\n"));
  CHECK(has(run_process(weir({"inspect", "--format", "json-schema"})).output, "\"$defs\""));
  const auto none = run_process(weir({"inspect", "fliter"}));
  CHECK(none.code == 2);
  CHECK(none.errors ==
        "weir: there is no type of stage and no guide 'fliter'; did you mean 'filter'?\n");
}

TEST_CASE("a file that is not there is told, and 2") {
  for (const char* command : {"run", "check", "graph", "explain"}) {
    const auto done = run_process(weir({command, "/nowhere/a.yaml"}));
    CHECK(done.code == 2);
    CHECK(has(done.output + done.errors,
              "/nowhere/a.yaml: the file can't be read: No such file or directory\n"));
    const auto unnamed = run_process(weir({command, ""}));
    CHECK(unnamed.code == 2);
    CHECK(has(unnamed.output + unnamed.errors, "'': the file can't be read: "));
  }
}

TEST_CASE("a broken file is told with its place before anything runs, and 2") {
  const temporary_folder folder;
  folder.write("broken.yaml", broken_pipeline);
  for (const char* command : {"run", "graph", "explain"}) {
    auto setup = weir({command, "broken.yaml"});
    setup.folder = folder.path("");
    const auto done = run_process(setup);
    CHECK(done.code == 2);
    CHECK(done.output.empty());
    CHECK(done.errors == broken_problem);
  }
}

TEST_CASE("check writes problems to standard output, for people or programs") {
  const temporary_folder folder;
  folder.write("plain.yaml", plain_pipeline);
  folder.write("broken.yaml", broken_pipeline);
  auto setup = weir({"check", "plain.yaml", "broken.yaml"});
  setup.folder = folder.path("");
  const auto text = run_process(setup);
  CHECK(text.code == 2);
  CHECK(text.output == broken_problem);
  CHECK(text.errors == "1 problem in 2 files\n");

  setup.arguments.insert(setup.arguments.end(), {"--format", "json"});
  const auto json = run_process(setup);
  CHECK(json.code == 2);
  CHECK(has(json.output, "\"unknown-option\""));
  CHECK(json.errors.empty());
}

TEST_CASE("check ends with 0 where nothing is wrong, and where only --strict minds") {
  const temporary_folder folder;
  const auto plain = run_process(weir({"check", folder.write("plain.yaml", plain_pipeline)}));
  CHECK(plain.code == 0);
  CHECK(plain.output.empty());
  CHECK(plain.errors == "nothing is wrong in 1 file\n");

  const auto path = folder.write("small.yaml", small_pipeline);
  const auto warned = run_process(weir({"check", path}));
  CHECK(warned.code == 0);
  CHECK(has(warned.output, path + ":5:5: warning: stage 'filter': "));
  CHECK(warned.errors == "1 warning in 1 file\n");
  CHECK(run_process(weir({"check", "--strict", path})).code == 2);
}

TEST_CASE("explain tells of a plan, for people or programs") {
  const temporary_folder folder;
  const auto path = folder.write("small.yaml", small_pipeline);
  const auto text = run_process(weir({"explain", "--threads", "3", path}));
  CHECK(text.code == 0);
  CHECK(text.errors.empty());
  CHECK(text.output.starts_with("small: 3 stages, 2 edges, 3 threads\n"));
  CHECK(has(text.output, "generate -> filter -> print\n"));
  const auto json = run_process(weir({"explain", path, "--format", "json"}));
  CHECK(json.code == 0);
  CHECK(has(json.output, "\"paths\": ["));

  const auto broken =
      run_process(weir({"explain", folder.write("b.yaml", broken_pipeline), "--format", "json"}));
  CHECK(broken.code == 2);
  CHECK(has(broken.output, "\"unknown-option\""));
  CHECK(broken.errors.empty());
}

TEST_CASE("graph draws what runs") {
  const temporary_folder folder;
  const auto done = run_process(weir({"graph", folder.write("a.yaml", small_pipeline)}));
  CHECK(done.code == 0);
  CHECK(has(done.output, "small: 3 stages, 2 edges\n"));
  CHECK(has(done.output, "from generate\n"));
}

TEST_CASE("a run writes its records to standard output and its report to standard error") {
  const temporary_folder folder;
  const auto path = folder.write("a.yaml", small_pipeline);
  for (const char* executor : {"actors", "inline"}) {
    const auto done = run_process(weir({"run", path, "--executor", executor}));
    CHECK(done.code == 0);
    CHECK(done.output == "{\"n\":0}\n{\"n\":1}\n{\"n\":2}\n{\"n\":3}\n{\"n\":4}\n");
    CHECK(has(done.errors, "small: complete in "));
    CHECK(has(done.errors, "ledger: balances"));
  }
}

TEST_CASE("a csv header has each column that is known, whatever the first record lacks") {
  const temporary_folder folder;
  folder.write("in.csv", "id,name\n1,\n2,b\n");
  struct row {
    const char *stages, *output;
  };
  const row rows[] = {
      {"", "id,name\n1,\n2,b\n"},
      {"  - {type: map, set: {x: id + 1}}\n", "id,name,x\n1,,2\n2,b,3\n"},
      {"  - {type: rechunk, records: 1}\n  - {type: map, rename: {name: n}}\n", "id,n\n1,\n2,b\n"},
      {"  - {type: aggregate, by: [name], compute: {n: count()}}\n", "name,n\n,1\nb,1\n"},
      {"  - {type: filter, where: id > 5}\n"
       "  - {type: aggregate, by: [name], compute: {n: count()}}\n",
       "name,n\n"},
  };
  for (const auto& row : rows) {
    CAPTURE(std::string(row.stages));
    const auto path = folder.write(
        "a.yaml",
        std::string("weir: 1\npipeline: a\nstages:\n  - {type: read_file, path: in.csv}\n") +
            row.stages + "  - {type: print, format: csv}\n");
    auto setup = weir({"run", path, "--strict"});
    setup.folder = folder.path("");
    const auto done = run_process(setup);
    CHECK(done.code == 0);
    CHECK(done.output == row.output);
  }
}

TEST_CASE("--quiet says nothing, --report json says it to programs") {
  const temporary_folder folder;
  const auto path = folder.write("a.yaml", small_pipeline);
  CHECK(run_process(weir({"run", path, "--quiet"})).errors.empty());
  CHECK(run_process(weir({"run", path, "--report", "none"})).errors.empty());
  const auto json = run_process(weir({"run", path, "--report", "json"})).errors;
  CHECK(json.starts_with("{\n  \"pipeline\": \"small\",\n  \"outcome\": \"complete\""));
  CHECK(json.ends_with("\n}\n"));
}

TEST_CASE("--report json is one JSON object where the file is odd or wrong, too") {
  const temporary_folder folder;
  folder.write("odd.yaml",
               "weir: 1\npipeline: odd\nparams:\n  idle: {default: 1}\nstages:\n"
               "  - {type: generate, count: 1, columns: {n: {counter: 0}}}\n  - {type: discard}\n");
  folder.write("broken.yaml", broken_pipeline);
  auto setup = weir({"run", "odd.yaml", "--report", "json"});
  setup.folder = folder.path("");
  const auto odd = run_process(setup);
  CHECK(odd.code == 0);
  CHECK(odd.errors.starts_with("{\n  \"pipeline\": \"odd\","));
  CHECK(has(odd.errors, "\"problems\": [\n    {\n      \"code\": \"unused-param\","));
  CHECK(odd.errors.ends_with("\n}\n"));

  setup.arguments[2] = "broken.yaml";
  const auto broken = run_process(setup);
  CHECK(broken.code == 2);
  CHECK(broken.errors ==
        R"({
  "outcome": "not-started",
  "exit_code": 2,
  "problems": [
    {
      "code": "unknown-option",
      "severity": "error",
      "file": "broken.yaml",
      "line": 4,
      "column": 22,
      "message": "stage 'generate': unknown option 'cuont'; did you mean 'count'?"
    }
  ]
}
)");
}

TEST_CASE("--set and --param reach the pipeline") {
  const temporary_folder folder;
  const auto path = folder.write("a.yaml",
                                 "weir: 1\npipeline: a\nparams:\n  least: {type: int}\nstages:\n"
                                 "  - {type: generate, count: 10, columns: {n: {counter: 0}}}\n"
                                 "  - {type: filter, where: 'n >= ${least}'}\n  - {type: print}\n");
  const auto done = run_process(
      weir({"run", path, "--quiet", "--param", "least=2", "--set", "generate.count=4"}));
  CHECK(done.code == 0);
  CHECK(done.output == "{\"n\":2}\n{\"n\":3}\n");
  CHECK(run_process(weir({"run", path, "--quiet"})).code == 2);
  CHECK(run_process(weir({"run", path, "--quiet", "--param", "most=2"})).code == 2);
}

TEST_CASE("a stage that can't go on ends the run with 1 and its cause on the last lines") {
  const temporary_folder folder;
  const auto path = folder.write("a.yaml",
                                 "weir: 1\npipeline: a\nstages:\n"
                                 "  - {type: generate, count: 10, columns: {n: {counter: 0}}}\n"
                                 "  - {type: write_file, path: /nowhere/out.ndjson}\n");
  for (const char* executor : {"actors", "inline"}) {
    const auto done = run_process(weir({"run", path, "--executor", executor}));
    CHECK(done.code == 1);
    const auto last = done.errors.find(path + ":5:5: stage 'write_file': ");
    REQUIRE(last != std::string::npos);
    CHECK(has(done.errors.substr(last), "No such file or directory"));
  }
}

TEST_CASE("rejected records that nobody reads are told, and fail a strict run") {
  const temporary_folder folder;
  folder.write("in.ndjson", "{\"n\": 1}\nno json\n{\"n\": 2}\n");
  const auto path = folder.write("a.yaml",
                                 "weir: 1\npipeline: a\nstages:\n"
                                 "  - {type: read_file, path: in.ndjson}\n  - {type: print}\n");
  auto setup = weir({"run", path});
  setup.folder = folder.path("");
  const auto done = run_process(setup);
  CHECK(done.code == 0);
  CHECK(done.output == "{\"n\": 1}\n{\"n\": 2}\n");
  CHECK(has(done.errors, "stage 'read_file': record rejected: "));
  CHECK(has(done.errors,
            "rejected: 1 record at 'read_file' that nobody reads; to see them add "
            "'- {type: print, from: read_file.rejected}'\n"));
  setup.arguments.insert(setup.arguments.end(), {"--strict", "--quiet"});
  const auto strict = run_process(setup);
  CHECK(strict.code == 1);
  CHECK(
      has(strict.errors, "--strict: a record was rejected and read by nobody: 1 at 'read_file'\n"));
  setup.arguments.insert(setup.arguments.end(), {"--report", "json"});
  const auto json = run_process(setup).errors;
  CHECK(has(json, "\"code\": \"rejected-unread\""));
}

TEST_CASE("a closed standard output or input is told, and 1") {
  const temporary_folder folder;
  const auto prints = folder.write("a.yaml", small_pipeline);
  const auto reads = folder.write("b.yaml",
                                  "weir: 1\npipeline: b\nstages:\n"
                                  "  - {type: read_file, path: '-', format: ndjson}\n"
                                  "  - {type: discard}\n");
  for (const char* executor : {"actors", "inline"}) {
    const auto unheard = run_process(weir_in_shell(">&-", {"run", prints, "--executor", executor}));
    CHECK(unheard.code == 1);
    CHECK(has(unheard.errors, prints + ":6:5: stage 'print': 'standard output': bad file "));
    const auto unfed = run_process(weir_in_shell("<&-", {"run", reads, "--executor", executor}));
    CHECK(unfed.code == 1);
    CHECK(has(unfed.errors, reads + ":4:5: stage 'read_file': "));
    CHECK(has(unfed.errors, "ad file descriptor"));
  }
  CHECK(run_process(weir_in_shell(">&-", {"list"})).code == 1);
}

const char* const large_output =
    "weir: 1\npipeline: a\nstages:\n"
    "  - {type: generate, count: 100000, columns: {n: {counter: 0}}}\n"
    "  - {type: write_file, path: out.ndjson}\n";

process_result run_limited(const process_setup& setup, const std::string& limit) {
  auto in_shell = setup;
  in_shell.arguments.insert(in_shell.arguments.begin(),
                            {"/bin/sh", "-c", limit + "; exec \"$0\" \"$@\""});
  return run_process(in_shell);
}

TEST_CASE("a file that may grow no more is told as that, and 1") {
  const temporary_folder folder;
  auto setup = weir({"run", folder.write("a.yaml", large_output)});
  setup.folder = folder.path("");
  const auto too_large = run_limited(setup, "ulimit -f 10");
  CHECK(too_large.code == 1);
  CHECK(has(too_large.errors, "stage 'write_file': 'out.ndjson': file too large\n"));
  CHECK_FALSE(folder.has("out.ndjson"));
  // What is left after an end by a signal is a temporary file.
  CHECK(folder.files() == 1);
}

TEST_CASE("a disk that takes no more groups is told with what to do, and 1") {
  const temporary_folder folder;
  auto setup = weir({"run", folder.write("a.yaml",
                                         "weir: 1\n"
                                         "memory: 1MiB\n"
                                         "stages:\n"
                                         "  - {type: generate, count: 200000, columns:"
                                         " {n: {counter: 1}}}\n"
                                         "  - {type: aggregate, by: n, compute: {c: count()}}\n"
                                         "  - {type: print, format: ndjson}\n")});
  setup.environment = {"TMPDIR=" + folder.path("")};
  const auto full = run_limited(setup, "ulimit -f 100");
  CHECK(full.code == 1);
  CHECK(has(full.errors, "file too large, after"));
  CHECK(has(full.errors, "raise 'memory', or have TMPDIR name a folder with room"));
  CHECK(full.output.empty());
  const auto enough = run_process(setup);
  CHECK(enough.code == 0);
  CHECK(std::count(enough.output.begin(), enough.output.end(), '\n') == 200'000);
  CHECK(has(enough.errors,
            "its groups do not fit into 'memory: 1MiB' and go to a file in '" + folder.path("")));
  CHECK(folder.files() == 1);
}

// The sanitizers need descriptors of their own to tell good memory from bad.
#ifndef __SANITIZE_ADDRESS__
TEST_CASE("a lack of descriptors is told as that, and 1") {
  const temporary_folder folder;
  auto setup = weir({"run", folder.write("a.yaml", large_output)});
  setup.folder = folder.path("");
  // How many are open already is the test runner's doing. With too few the program is not even
  // loaded; with one more than that it lacks one for its signals or for its output.
  process_result refused{127, {}, {}};
  const auto is_told = [&] {
    return refused.code == 1 && has(refused.errors, "oo many open files");
  };
  for (int most = 4; refused.code != 0 && !is_told() && most < 256; ++most)
    refused = run_limited(setup, "ulimit -n " + std::to_string(most));
  CHECK(is_told());
}
#endif

TEST_CASE("a closed standard error is nobody to tell, and the run goes on") {
  const temporary_folder folder;
  const auto path = folder.write("a.yaml", small_pipeline);
  const auto done = run_process(weir_in_shell("2>&-", {"run", path}));
  CHECK(done.code == 0);
  CHECK(done.output == "{\"n\":0}\n{\"n\":1}\n{\"n\":2}\n{\"n\":3}\n{\"n\":4}\n");
}

TEST_CASE("a full disk behind standard output is told with its cause, and 1") {
  const temporary_folder folder;
  const auto path = folder.write("a.yaml", small_pipeline);
  for (const auto& arguments : {std::vector<std::string>{"run", path},
                                {"run", path, "--executor", "inline"},
                                {"list"},
                                {"run", "--help"}}) {
    auto setup = weir(arguments);
    setup.output_path = "/dev/full";
    const auto done = run_process(setup);
    CHECK(done.code == 1);
    // A stage's message goes on in lower case where the launcher's own begins with a capital.
    CHECK(has(done.errors, "o space left on device"));
  }
}

}  // namespace weir::testing
