#include "pipelines/cli/command_options.hpp"

#include <CLI/CLI.hpp>

namespace weir {
namespace {

void add_file_options(CLI::App& app, given_texts& given) {
  app.add_option("--param", given.file.params,
                 "Gives a parameter of the file its value; repeatable.")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false);
  app.add_option("--set", given.file.settings, "Sets an option of a stage; repeatable.")
      ->type_name("STAGE.OPTION=VALUE")
      ->allow_extra_args(false);
}

void add_run_options(CLI::App& run, given_texts& given) {
  add_file_options(run, given);
  run.add_option("--executor", given.executor,
                 "'actors', side by side (default), or 'inline', in one thread.")
      ->type_name("NAME");
  run.add_option("--threads", given.threads, "Threads that run stages; default one a core.")
      ->type_name("N");
  run.add_option("--drain", given.drain, "How long a drain may take; default 10s.")
      ->type_name("DURATION");
  run.add_option("--report", given.report,
                 "What is told at the end: 'text' (default), 'json', 'none'.")
      ->type_name("FORM");
  run.add_option("--seed", given.seed, "Where the run's randomness starts; default 0.")
      ->type_name("N");
  run.add_option("--dead-letters", given.dead_letters,
                 "Keeps rejected records that nobody reads, for 'weir replay'.")
      ->type_name("FILE");
  run.add_flag("--strict", given.strict, "Ends with 1 if a rejected record was read by nobody.");
  run.add_flag("--quiet", given.quiet, "Says nothing but why a run did not succeed.");
}

void add_run(CLI::App& app, given_texts& given) {
  auto& run = *app.add_subcommand("run", "Runs a pipeline until its input ends.");
  run.add_option("FILE", given.subject, "The pipeline file.")->type_name("")->required();
  add_run_options(run, given);
  run.footer(
      R"(Data goes to standard output, all else to standard error. Ctrl-C, SIGTERM or SIGHUP (its
terminal was closed) drains: sources end, all that is in flight is handled. A second one aborts.

Dead letters are written as they come (several workers take turns), and stay when the run fails.
Their file is new or empty; it is there also if nothing was rejected. --strict counts them as
read by nobody.

When a run ends stalled, the stages that can't go on are told: what each waits for, on which edge,
what is on it and for how long. The JSON report has them in 'stall', and in 'stall.mermaid' as a
flowchart for Mermaid.

Exit codes:
  0    all input was handled, also after SIGTERM or SIGHUP, or when nobody reads the output
  1    the run failed, took longer than its budget or was aborted; or see --strict
  2    the pipeline file or the command line
  3    a bug in weir
  130  drained after Ctrl-C

Examples:
  weir run pipeline.yaml
  weir run pipeline.yaml --param day=2024-05-01 --set filter.where='status >= 500'
  weir run pipeline.yaml --report json 2> report.json | jq .host
  jq -r .stall.mermaid report.json > stall.mmd
  weir run pipeline.yaml --dead-letters dead.ndjson)");
}

void add_replay(CLI::App& app, given_texts& given) {
  auto& replay = *app.add_subcommand("replay", "Gives dead letters to a pipeline once more.");
  replay.add_option("LETTERS", given.letters, "What 'weir run --dead-letters' kept, or '-'.")
      ->type_name("")
      ->required();
  replay.add_option("FILE", given.subject, "The pipeline file, mended.")->type_name("")->required();
  add_run_options(replay, given);
  replay.footer(
      R"(Each record goes once more to the stage that rejected it, in order: to its input or, if a
source could not read it, through that one's reader. All below runs as ever; other sources give
nothing. No file that an earlier run wrote is replaced: let its sink append, or give it another
path. Letters of stages that the pipeline does not have are told before anything runs. What an
aggregate gives is of the letters alone.

Exit codes are those of 'weir run'; with --strict also 1 if a letter could not be replayed.

Examples:
  weir replay dead.ndjson pipeline.yaml --set write_file.append=true
  weir replay dead.ndjson pipeline.yaml --dead-letters still-dead.ndjson
  jq -c 'select(.stage == "parse")' dead.ndjson | weir replay - pipeline.yaml)");
}

void add_check(CLI::App& app, given_texts& given) {
  auto& check = *app.add_subcommand("check", "Finds all that is wrong with pipeline files.");
  check.add_option("FILE", given.files, "Pipeline files.")->type_name("")->required();
  add_file_options(check, given);
  check.add_option("--format", given.format, "'text' (default) or 'json', for editors.")
      ->type_name("FORM");
  check.add_flag("--strict", given.strict, "Ends with 2 for warnings too.");
  check.footer(R"(Ends with 2 if anything is wrong, with 0 if nothing is or there are only warnings.

Examples:
  weir check pipeline.yaml
  weir check --strict pipelines/*.yaml
  weir check --format json pipeline.yaml)");
}

void add_test(CLI::App& app, given_texts& given) {
  auto& test = *app.add_subcommand("test", "Runs the tests of pipeline files.");
  test.add_option("FILE", given.files, "Files with tests.")->type_name("")->required();
  add_file_options(test, given);
  test.add_option("--test", given.test, "Those alone that are named so, or like this glob or part.")
      ->type_name("NAME");
  test.add_option("--seeds", given.seeds, "Random schedules a test; default as its 'seeds' says.")
      ->type_name("N");
  test.add_option("--seed", given.seed, "The random schedule of this seed, and nothing else.")
      ->type_name("N");
  test.add_option("--format", given.format, "'text' (default) or 'junit', XML for CI.")
      ->type_name("FORM");
  test.add_option("--junit", given.junit, "Writes JUnit's XML to a file, too.")->type_name("FILE");
  test.add_flag("--quiet", given.quiet, "Tells nothing but what failed.");
  test.footer(
      R"(A test stands below 'tests' in a pipeline file, or in a file that names one; 'weir inspect
pipeline' tells how it is written. Each runs inline and on actors with 1, 2 and 8 threads,
with its input in chunks of several sizes, and has to give the same. No sink runs, and nobody
waits for timers. A schedule that fails is told with the command that runs it again.

Exit codes:
  0    all tests passed
  1    one failed
  2    a file or the command line

Examples:
  weir test pipeline.yaml
  weir test pipeline.yaml --test 'slow requests are kept' --seed 7
  weir test --quiet --seeds 100 --junit report.xml tests/*.yaml)");
}

void add_simulate(CLI::App& app, given_texts& given) {
  auto& simulate =
      *app.add_subcommand("simulate", "Tells what schedules and faults would do to a pipeline.");
  simulate.add_option("FILE", given.subject, "The pipeline file.")->type_name("")->required();
  add_file_options(simulate, given);
  simulate.add_option("--seeds", given.seeds, "Runs, each by another seed; default 200.")
      ->type_name("N");
  simulate.add_option("--seed", given.seed, "The run of this seed alone, with its history.")
      ->type_name("N");
  simulate.add_option("--records", given.records, "The sample, of each source; default 1000.")
      ->type_name("N");
  simulate.add_option("--faults", given.faults, "Those that runs have; default all, see below.")
      ->type_name("LIST");
  simulate.add_option("--format", given.format, "'text' (default) or 'json', for programs.")
      ->type_name("FORM");
  simulate.footer(
      R"(Runs the pipeline on the first records of each source, in virtual time, under schedules
that seeds decide, and compares what arrives with what comes of the sample without them. The
input is read once; no sink runs, so that nothing is written. The faults:

  none     only the schedule is left to chance
  fail     a stage fails at some call, with records or without; its 'on_failure' answers, or its
           'retry' where the cause is made a temporary one
  drain    the run is drained at some moment, as after Ctrl-C
  abort    the run is aborted at some moment
  slow     a sink's turn seldom comes
  end      a source ends early

Told are what each would do, and findings: records lost, doubled or out of order beyond what the
file says, and runs that are stuck. A finding is told with the command that shows its run.

Exit codes:
  0    nothing was found
  1    something was, or the pipeline fails on the sample by itself
  2    the pipeline file or the command line

Examples:
  weir simulate pipeline.yaml
  weir simulate pipeline.yaml --seeds 1000 --faults fail,drain
  weir simulate pipeline.yaml --seed 17)");
}

void add_eval(CLI::App& app, given_texts& given) {
  auto& eval = *app.add_subcommand("eval", "Prints what an expression gives, as JSON.");
  eval.add_option("EXPRESSION", given.expression,
                  "What is computed; see 'weir inspect expressions'.")
      ->type_name("")
      ->required();
  eval.add_option("FILE", given.subject, "A file of records, or '-', of which each gives a line.")
      ->type_name("");
  eval.add_option("--json", given.json, "The record that it is computed for, a JSON object.")
      ->type_name("RECORD");
  eval.add_option("--format", given.format,
                  "'ndjson', 'csv' or 'lines'; default by the file's name.")
      ->type_name("NAME");
  eval.add_flag("--strict", given.strict, "Ends with 1 if a record of the file has no value.");
  eval.footer(
      R"(Ends with 2 if the expression is wrong, with 1 if the one record has no value. A record of
a file that has none is told and left out; see --strict. An expression that begins with '-'
stands behind '--'.

Examples:
  weir eval '[3, 1].map(x, x * 2)'
  weir eval 'status >= 500 && has(user.id)' --json '{"status": 503}'
  weir eval 'timestamp(time).getHours()' access.ndjson.gz)");
}

void add_explain(CLI::App& app, given_texts& given) {
  auto& explain = *app.add_subcommand("explain", "Tells what will happen when a pipeline runs.");
  explain.add_option("FILE", given.subject, "The pipeline file.")->type_name("")->required();
  add_file_options(explain, given);
  explain.add_option("--threads", given.threads, "As for a run; default one a core.")
      ->type_name("N");
  explain.add_option("--format", given.format, "'text' (default) or 'json', for programs.")
      ->type_name("FORM");
  explain.footer(
      R"(Of each stage: the columns it reads, makes and passes on, its workers, what it holds.
Of each way from a source to a sink: the order of its records and what may get lost. Then memory,
and what is worth a second look. Nothing is run, and of input files only the sizes are asked.

Examples:
  weir explain pipeline.yaml
  weir explain --threads 16 pipeline.yaml
  weir explain --format json pipeline.yaml | jq .stages)");
}

void add_others(CLI::App& app, given_texts& given) {
  auto& graph = *app.add_subcommand("graph", "Draws a pipeline: its stages and what they read.");
  graph.add_option("FILE", given.subject, "The pipeline file.")->type_name("")->required();
  add_file_options(graph, given);
  graph.footer("Example:\n  weir graph pipeline.yaml");
  add_explain(app, given);
  app.add_subcommand("list", "Lists the types of stages and the guides, each in a line.")
      ->footer("Example:\n  weir list");
  auto& inspect =
      *app.add_subcommand("inspect", "Shows the manual of a type of stage, of all, or a guide.");
  inspect.add_option("NAME", given.subject, "A type of stage, 'pipeline' or 'expressions'.")
      ->type_name("");
  inspect.add_option("--format", given.format, "'text' (default), 'markdown' or 'json-schema'.")
      ->type_name("FORM");
  inspect.footer(
      R"(Without NAME all types of stages. 'pipeline' is how a file is written, 'expressions'
how conditions and computed columns are; 'weir list' names all.

Examples:
  weir inspect filter
  weir inspect expressions
  weir inspect --format markdown > stages.md
  weir inspect --format json-schema > pipeline.schema.json)");
  app.add_subcommand("version", "Shows the version.")->footer("Example:\n  weir version");
}

}  // namespace

void describe_commands(CLI::App& app, given_texts& given) {
  app.name("weir");
  app.set_help_flag("-h,--help", "Shows this help.");
  app.get_formatter()->column_width(30);
  app.get_formatter()->label("OPTIONS", "OPTIONS");
  app.get_formatter()->label("REQUIRED", "");
  app.get_formatter()->label("SUBCOMMAND", "COMMAND");
  app.get_formatter()->label("Positionals", "Arguments");
  add_run(app, given);
  add_replay(app, given);
  add_check(app, given);
  add_test(app, given);
  add_simulate(app, given);
  add_eval(app, given);
  add_others(app, given);
  app.footer(
      R"('weir COMMAND --help' tells more. How a pipeline is written: 'weir inspect pipeline',
'weir inspect expressions'; what stages there are: 'weir list'.

Examples:
  weir run pipeline.yaml
  weir check pipeline.yaml
  weir inspect read_file
  weir inspect expressions)");
  // What is not known is told by ourselves, with the nearest right name.
  app.allow_extras();
  app.require_subcommand(0, 1);
  for (auto* sub : app.get_subcommands({})) sub->group("Commands")->allow_extras();
}

}  // namespace weir
