#include "pipelines/cli/command_line.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <charconv>

#include "pipelines/cli/command_options.hpp"
#include "pipelines/spec/pipeline_test.hpp"
#include "runtime/base/duration.hpp"
#include "runtime/base/text.hpp"

namespace weir {
namespace {

constexpr unsigned threads_max = 1024;

tl::unexpected<error> usage(std::string text) { return failure("usage", std::move(text)); }

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
  if (auto done = read_threads(given, into.threads); !done) return done;
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

result<run_arguments> read_run(const given_texts& given) {
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
  run.dead_letters = given.dead_letters;
  run.quiet = given.quiet;
  run.strict = given.strict;
  return run;
}

bool is_yaml(const std::string& path) { return path.ends_with(".yaml") || path.ends_with(".yml"); }

result<command> read_replay(const given_texts& given) {
  if (is_yaml(given.letters) && !is_yaml(given.subject))
    return usage(fmt::format("the dead letters come first, as in 'weir replay {} {}'",
                             given.subject, given.letters));
  auto run = read_run(given);
  if (!run) return failure(run.error());
  return replay_arguments{given.letters, std::move(*run)};
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

// Names parted by commas, in the order of the faults.
result<void> read_faults(const std::string& text, std::vector<simulated_fault>& into) {
  if (text.empty()) return {};
  std::vector<std::string> names;
  for (const auto fault : simulated_faults) names.emplace_back(name_of(fault));
  const auto given = split(text, ',');
  for (const auto name : given)
    if (std::find(names.begin(), names.end(), name) == names.end())
      return usage(fmt::format("option '--faults': {} is not {}{}", weir::quoted(name),
                               one_of(names), did_you_mean(name, names)));
  std::erase_if(into, [&](simulated_fault fault) {
    return std::find(given.begin(), given.end(), name_of(fault)) == given.end();
  });
  return {};
}

result<command> read_simulate(const given_texts& given) {
  constexpr std::uint32_t seeds_max = 1'000'000;
  constexpr std::uint64_t records_max = 1'000'000;
  simulate_arguments simulate;
  simulate.file = given.subject;
  simulate.given = given.file;
  constexpr std::array forms{std::pair{"text", false}, std::pair{"json", true}};
  for (const auto& done : {read_choice("--format", given.format, forms, simulate.json),
                           read_faults(given.faults, simulate.faults)})
    if (!done) return failure(done.error());
  if (!given.seeds.empty() && !given.seed.empty())
    return usage("'simulate' takes '--seeds' or '--seed', not both");
  if (!given.seeds.empty()) {
    const auto seeds = read_integer<std::uint32_t>("--seeds", given.seeds, 1, seeds_max);
    if (!seeds) return failure(seeds.error());
    simulate.seeds = *seeds;
  }
  if (!given.seed.empty()) {
    const auto seed = read_integer<std::uint64_t>("--seed", given.seed, 0, UINT64_MAX);
    if (!seed) return failure(seed.error());
    simulate.seed = *seed;
  }
  if (!given.records.empty()) {
    const auto records = read_integer<std::uint64_t>("--records", given.records, 1, records_max);
    if (!records) return failure(records.error());
    simulate.records = *records;
  }
  return simulate;
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
  if (sub.get_name() == "replay") return read_replay(given);
  if (sub.get_name() == "check") return read_check(given);
  if (sub.get_name() == "test") return read_test(given);
  if (sub.get_name() == "simulate") return read_simulate(given);
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
  describe_commands(app, given);
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
    if (name == "replay")
      return usage(
          "'replay' needs a file of dead letters and a pipeline file, as in 'weir replay "
          "dead.ndjson pipeline.yaml'");
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
