#include "pipelines/cli/command_line.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <charconv>

#include "pipelines/spec/pipeline_test.hpp"
#include "runtime/base/duration.hpp"
#include "runtime/base/text.hpp"

namespace weir {
namespace {

constexpr unsigned threads_max = 1024;

// The texts that options were given; read into what they mean afterwards, with our own messages.
struct given_texts {
  std::vector<std::string> files;  // of `check` and `test`
  std::string subject;             // the one file or type of the others
  file_arguments file;
  std::string executor, threads, report, drain, seed, seeds, format, test, junit;
  std::string expression;
  std::optional<std::string> json;
  bool quiet = false, strict = false;
};

tl::unexpected<error> usage(std::string text) { return failure("usage", std::move(text)); }

// --- what there is ------------------------------------------------------------------------------

void add_file_options(CLI::App& app, given_texts& given) {
  app.add_option("--param", given.file.params,
                 "Gives a parameter of the file its value; repeatable.")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false);
  app.add_option("--set", given.file.settings, "Sets an option of a stage; repeatable.")
      ->type_name("STAGE.OPTION=VALUE")
      ->allow_extra_args(false);
}

void add_run(CLI::App& app, given_texts& given) {
  auto& run = *app.add_subcommand("run", "Runs a pipeline until its input ends.");
  run.add_option("FILE", given.subject, "The pipeline file.")->type_name("")->required();
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
  run.add_flag("--strict", given.strict, "Ends with 1 if a rejected record was read by nobody.");
  run.add_flag("--quiet", given.quiet, "Says nothing but why a run did not succeed.");
  run.footer(
      R"(Data goes to standard output, all else to standard error. Ctrl-C, SIGTERM or SIGHUP (its
terminal was closed) drains: sources end, all that is in flight is handled. A second one aborts.

Exit codes:
  0    all input was handled, also after SIGTERM or SIGHUP, or when nobody reads the output
  1    the run failed, took longer than its budget or was aborted; or see --strict
  2    the pipeline file or the command line
  3    a bug in weir
  130  drained after Ctrl-C

Examples:
  weir run pipeline.yaml
  weir run pipeline.yaml --param day=2024-05-01 --set filter.where='status >= 500'
  weir run pipeline.yaml --report json 2> report.json | jq .host)");
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

void describe(CLI::App& app, given_texts& given) {
  app.name("weir");
  app.set_help_flag("-h,--help", "Shows this help.");
  app.get_formatter()->column_width(30);
  app.get_formatter()->label("OPTIONS", "OPTIONS");
  app.get_formatter()->label("REQUIRED", "");
  app.get_formatter()->label("SUBCOMMAND", "COMMAND");
  app.get_formatter()->label("Positionals", "Arguments");
  add_run(app, given);
  add_check(app, given);
  add_test(app, given);
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

// --- what was meant -----------------------------------------------------------------------------

std::vector<std::string> command_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const auto* sub : app.get_subcommands({})) names.push_back(sub->get_name());
  return names;
}

result<void> check_extras_of(const CLI::App& sub) {
  std::vector<std::string> names;
  for (const auto* option : sub.get_options())
    for (const auto& name : option->get_lnames()) names.push_back("--" + name);
  for (const auto& extra : sub.remaining())
    if (std::find(names.begin(), names.end(), extra) != names.end())
      return usage(fmt::format("{} stands behind '--', where nothing is an option; write it before",
                               weir::quoted(extra)));
  for (const auto& extra : sub.remaining())
    if (extra.starts_with('-') && extra != "--")
      return usage(fmt::format("'{}' has no option {}{}", sub.get_name(), weir::quoted(extra),
                               did_you_mean(extra.substr(0, extra.find('=')), names)));
  for (const auto& extra : sub.remaining())
    if (extra != "--")
      return usage(fmt::format("{} is one argument more than '{}' takes", weir::quoted(extra),
                               sub.get_name()));
  return {};
}

template <class Enum, std::size_t N>
result<void> read_choice(const char* option, const std::string& text,
                         const std::array<std::pair<const char*, Enum>, N>& choices, Enum& into) {
  if (text.empty()) return {};
  std::vector<std::string> names;
  for (const auto& [name, value] : choices) {
    names.emplace_back(name);
    if (text != name) continue;
    into = value;
    return {};
  }
  return usage(fmt::format("option '{}': {} is not {}{}", option, weir::quoted(text), one_of(names),
                           did_you_mean(text, names)));
}

template <class Integer>
result<Integer> read_integer(const char* option, const std::string& text, Integer least,
                             Integer most) {
  Integer number = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (code != std::errc() || end != text.data() + text.size() || number < least || number > most)
    return usage(fmt::format("option '{}': {} is not an integer between {} and {}", option,
                             weir::quoted(text), least, most));
  return number;
}

result<void> read_threads(const given_texts& given, std::optional<unsigned>& into) {
  if (given.threads.empty()) return {};
  const auto threads = read_integer<unsigned>("--threads", given.threads, 1, threads_max);
  if (!threads) return failure(threads.error());
  into = *threads;
  return {};
}

result<void> read_run_numbers(const given_texts& given, run_arguments& into) {
  if (const auto done = read_threads(given, into.threads); !done) return done;
  if (!given.seed.empty()) {
    const auto seed = read_integer<std::uint64_t>("--seed", given.seed, 0, UINT64_MAX);
    if (!seed) return failure(seed.error());
    into.seed = *seed;
  }
  if (given.drain.empty()) return {};
  const auto drain = parse_duration(given.drain);
  if (!drain) return usage(fmt::format("option '--drain': {}", drain.error().text));
  if (drain->count() < 0)
    return usage(
        fmt::format("option '--drain': {} is less than nothing", weir::quoted(given.drain)));
  into.drain = *drain;
  return {};
}

result<command> read_run(const given_texts& given) {
  run_arguments run;
  run.file = given.subject;
  run.given = given.file;
  constexpr std::array executors{std::pair{"actors", executor_kind::actors},
                                 std::pair{"inline", executor_kind::inline_}};
  constexpr std::array reports{std::pair{"text", report_form::text},
                               std::pair{"json", report_form::json},
                               std::pair{"none", report_form::none}};
  if (given.quiet) run.report = report_form::none;
  for (const auto& done :
       {read_choice("--executor", given.executor, executors, run.executor),
        read_choice("--report", given.report, reports, run.report), read_run_numbers(given, run)})
    if (!done) return failure(done.error());
  if (run.executor == executor_kind::inline_ && run.threads)
    return usage("option '--threads' means nothing with '--executor inline', which has one thread");
  run.quiet = given.quiet;
  run.strict = given.strict;
  return run;
}

result<command> read_check(const given_texts& given) {
  check_arguments check;
  check.files = given.files;
  check.given = given.file;
  constexpr std::array forms{std::pair{"text", false}, std::pair{"json", true}};
  if (const auto done = read_choice("--format", given.format, forms, check.json); !done)
    return failure(done.error());
  check.strict = given.strict;
  return check;
}

result<command> read_test(const given_texts& given) {
  test_arguments test;
  test.files = given.files;
  test.given = given.file;
  test.test = given.test;
  test.junit = given.junit;
  test.quiet = given.quiet;
  constexpr std::array forms{std::pair{"text", test_form::text},
                             std::pair{"junit", test_form::junit}};
  if (const auto done = read_choice("--format", given.format, forms, test.form); !done)
    return failure(done.error());
  if (!given.seeds.empty() && !given.seed.empty())
    return usage("'test' takes '--seeds' or '--seed', not both");
  if (!given.seeds.empty()) {
    const auto seeds = read_integer<std::uint32_t>("--seeds", given.seeds, 0, test_seeds_max);
    if (!seeds) return failure(seeds.error());
    test.seeds = *seeds;
  }
  if (!given.seed.empty()) {
    const auto seed = read_integer<std::uint64_t>("--seed", given.seed, 0, UINT64_MAX);
    if (!seed) return failure(seed.error());
    test.seed = *seed;
  }
  return test;
}

result<command> read_explain(const given_texts& given) {
  explain_arguments explain{.file = given.subject, .given = given.file};
  constexpr std::array forms{std::pair{"text", false}, std::pair{"json", true}};
  for (const auto& done : {read_choice("--format", given.format, forms, explain.json),
                           read_threads(given, explain.threads)})
    if (!done) return failure(done.error());
  return explain;
}

result<command> read_inspect(const given_texts& given) {
  inspect_arguments inspect;
  inspect.stage = given.subject;
  constexpr std::array forms{std::pair{"text", manual_form::text},
                             std::pair{"markdown", manual_form::markdown},
                             std::pair{"json-schema", manual_form::json_schema}};
  if (const auto done = read_choice("--format", given.format, forms, inspect.form); !done)
    return failure(done.error());
  return inspect;
}

result<command> read_eval(const given_texts& given) {
  eval_arguments eval;
  eval.expression = given.expression;
  eval.json = given.json;
  eval.format = given.format;
  eval.strict = given.strict;
  if (!given.subject.empty()) eval.file = given.subject;
  if (eval.file && eval.json)
    return usage(fmt::format("'eval' takes a file or '--json', not both; the file is {}",
                             weir::quoted(*eval.file)));
  if (!eval.file && (!eval.format.empty() || eval.strict))
    return usage(fmt::format("option '{}' means nothing without a file",
                             eval.strict ? "--strict" : "--format"));
  return eval;
}

// What stands where a command should.
tl::unexpected<error> no_command(const CLI::App& app, const std::string& found) {
  const auto names = command_names(app);
  return usage(fmt::format("{} is no command; they are {}{}", weir::quoted(found), one_of(names),
                           did_you_mean(found, names)));
}

result<void> check_extras(const CLI::App& app) {
  if (!app.remaining().empty()) return no_command(app, app.remaining().front());
  for (const auto* sub : app.get_subcommands())
    if (auto known = check_extras_of(*sub); !known) return known;
  return {};
}

result<command> read_command(const CLI::App& app, const given_texts& given) {
  if (app.remaining() == std::vector<std::string>{"--version"}) return version_arguments{};
  if (const auto known = check_extras(app); !known) return failure(known.error());
  const auto chosen = app.get_subcommands();
  if (chosen.empty()) return help_arguments{app.help(), false};
  const CLI::App& sub = *chosen.front();
  if (sub.get_name() == "run") return read_run(given);
  if (sub.get_name() == "check") return read_check(given);
  if (sub.get_name() == "test") return read_test(given);
  if (sub.get_name() == "eval") return read_eval(given);
  if (sub.get_name() == "graph") return graph_arguments{given.subject, given.file};
  if (sub.get_name() == "explain") return read_explain(given);
  if (sub.get_name() == "inspect") return read_inspect(given);
  if (sub.get_name() == "list") return list_arguments{};
  return version_arguments{};
}

}  // namespace

result<command> parse_command_line(std::span<const char* const> arguments) {
  CLI::App app("Runs streaming pipelines that are written in YAML.");
  given_texts given;
  describe(app, given);
  std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
  try {
    app.parse(std::move(reversed));
  } catch (const CLI::CallForHelp&) {
    return help_arguments{app.help()};
  } catch (const CLI::RequiredError&) {
    // An option that is not known is the likelier mistake: what follows it was taken for its value.
    if (const auto known = check_extras(app); !known) return failure(known.error());
    const std::string name = app.get_subcommands().front()->get_name();
    if (name == "eval") return usage("'eval' needs an expression, as in \"weir eval '1 + 2'\"");
    return usage(fmt::format("'{0}' needs a pipeline file, as in 'weir {0} pipeline.yaml'", name));
  } catch (const CLI::ArgumentMismatch& mismatch) {
    const std::string text = mismatch.what();
    const std::string option = text.substr(0, text.find(':'));
    const auto times = std::count_if(
        arguments.begin(), arguments.end(),
        [&](std::string_view word) { return word == option || word.starts_with(option + "="); });
    return usage(fmt::format("option '{}' {}", option,
                             times > 1 ? "is given more than once" : "needs a value"));
  } catch (const CLI::ParseError& problem) {
    return failure("usage", "the command line is not understood", problem.what());
  }
  return read_command(app, given);
}

}  // namespace weir
