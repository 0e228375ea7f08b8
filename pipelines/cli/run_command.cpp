#include "pipelines/cli/run_command.hpp"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "pipelines/assemble/file_paths.hpp"
#include "pipelines/cli/dead_letters.hpp"
#include "pipelines/cli/output.hpp"
#include "pipelines/cli/pipeline_file.hpp"
#include "pipelines/cli/report_json.hpp"
#include "pipelines/cli/report_text.hpp"
#include "pipelines/cli/signals.hpp"
#include "pipelines/cli/terminal.hpp"
#include "runtime/base/duration.hpp"
#include "runtime/base/text.hpp"
#include "runtime/executor/executor.hpp"

namespace weir {
namespace {

byte_size resident_peak() {
  rusage usage{};
  if (::getrusage(RUSAGE_SELF, &usage) != 0) return {};
  return {static_cast<std::uint64_t>(usage.ru_maxrss) * 1024};
}

std::map<std::string, std::string> places_of(const graph& what) {
  std::map<std::string, std::string> places;
  for (const auto& stage : what.stages)
    if (stage.place.file && stage.place.line > 0)
      places[stage.name] =
          fmt::format("{}:{}:{}", *stage.place.file, stage.place.line, stage.place.column);
  return places;
}

std::unique_ptr<executor> make_executor(const run_arguments& arguments) {
  if (arguments.executor == executor_kind::inline_) return make_inline_executor();
  const unsigned cores = std::max(std::thread::hardware_concurrency(), 1U);
  return make_actors_executor(arguments.threads.value_or(cores));
}

// Why the file can't be that of dead letters, as a stage has it; none if it can.
std::optional<error> clash_of(const std::string& letters, const graph& with) {
  const std::string path = canonical_path(letters);
  const auto clash = [&](const graph_stage& stage, const char* does) {
    return error{"usage",
                 fmt::format("option '--dead-letters': stage '{}' {} {}; name a file that is for "
                             "dead letters alone",
                             stage.name, does, quoted(letters)),
                 {}};
  };
  for (const auto& stage : with.stages) {
    for (const auto& read : stage.configured->files_read())
      if (!is_stream(read) && names_path(canonical_path(read), path)) return clash(stage, "reads");
    for (const auto& written : stage.configured->files_written())
      if (canonical_path(written) == path) return clash(stage, "writes");
  }
  return std::nullopt;
}

// As a shell takes it for one word.
std::string as_word(const std::string& text) {
  const bool is_plain = text.find_first_of(" \t\n'\"\\$&|;<>()*?[]#~!`") == std::string::npos;
  return is_plain ? text : quoted(text);
}

// One run of a pipeline, with all that tells people of it.
class launched_run {
 public:
  /// `known_problems`: of the pipeline file, for a report to programs; `letters`: null, or what
  /// `what` keeps dead letters in.
  launched_run(const run_arguments& arguments, graph what, std::vector<problem> known_problems,
               std::shared_ptr<dead_letters> letters)
      : arguments_(arguments), drain_budget_(what.drain_budget), letters_(std::move(letters)) {
    around_.problems = std::move(known_problems);
    around_.stage_places = places_of(what);
    run_options options;
    options.seed = arguments.seed;
    options.temporary_folder = temporary_folder();
    options.on_event = [this](const run_event& event) { on_event(event); };
    executor_ = make_executor(arguments);
    run_ = executor_->start(std::move(what), std::move(options));
  }

  exit_code finish() {
    signals_.start(drain_budget_, {[this](bool interrupted) { drain(interrupted); },
                                   [this] { abort(); }, [this] { leave(); }});
    run_report report = run_->wait().value();
    signals_.stop();
    check_letters(report);
    if (arguments_.strict && !report.failure) report.failure = strict_failure(report);
    if (letters_ && report.failure && report.failure->cause.code == rejected_unread)
      report.failure->cause.text += fmt::format("; they are kept in {}", quoted(letters_->path()));
    const auto code = exit_code_of(report, signals_.interrupted(), arguments_.strict);
    // A call that never returned has a thread, which nobody can end: the process leaves it behind.
    if (!report.unfinished.empty()) leave_with(report, code);
    run_.reset();
    executor_.reset();
    tell_end(report, code);
    return code;
  }

 private:
  void check_letters(run_report& report) const {
    if (!letters_) return;
    auto finished = letters_->finish();
    if (finished || report.failure) return;
    report.failure = stage_failure{.cause = std::move(finished.error())};
    report.outcome = run_outcome::failed;
  }

  // After a run that failed there is nothing to add to: it is to be run again.
  std::optional<told_dead_letters> told_letters(const run_report& report) const {
    if (!letters_) return std::nullopt;
    told_dead_letters told{letters_->path(), letters_->kept(), letters_->lost(), {}};
    const bool has_outputs =
        report.outcome == run_outcome::complete || report.outcome == run_outcome::drained;
    if (told.kept > 0 && has_outputs)
      told.replay_command =
          fmt::format("weir replay {} {}", as_word(told.path), as_word(arguments_.file));
    return told;
  }

  bool in_words() const { return arguments_.report != report_form::json; }

  void on_event(const run_event& event) {
    if (event.what == run_event::kind::failed) signals_.on_failure();
    if (!in_words()) {
      const std::lock_guard lock(events_mutex_);
      around_.events.push_back(event);
      return;
    }
    const bool is_news =
        event.what == run_event::kind::rejected || event.what == run_event::kind::widened ||
        event.what == run_event::kind::restarting || event.what == run_event::kind::retrying ||
        event.what == run_event::kind::retried || event.what == run_event::kind::cut ||
        event.what == run_event::kind::isolated || event.what == run_event::kind::silent ||
        event.what == run_event::kind::told || event.what == run_event::kind::aborted;
    if (!is_news || arguments_.quiet) return;
    if (event.what == run_event::kind::widened && !is_first_stall(event)) return;
    say(fmt::format("{}{}\n", subject(event.stage), event.text));
  }

  std::string subject(const std::string& stage) const {
    const auto place = around_.stage_places.find(stage);
    return (place == around_.stage_places.end() ? std::string() : place->second + ": ") +
           (stage.empty() ? std::string() : fmt::format("stage '{}': ", stage));
  }

  // One stall is often followed by others that are resolved by twice the credit each.
  bool is_first_stall(const run_event& event) {
    const std::lock_guard lock(events_mutex_);
    auto& stalled = stalls_[event.stage];
    stalled.last = event.text;
    return ++stalled.times == 1;
  }

  std::string repeated_stalls() const {
    std::string out;
    for (const auto& [stage, stalled] : stalls_)
      if (stalled.times > 1)
        out +=
            fmt::format("{}the last of {} times {}\n", subject(stage), stalled.times, stalled.last);
    return out;
  }

  void drain(bool interrupted) {
    if (in_words() && !arguments_.quiet)
      // A terminal has written `^C` where its line goes on.
      say(fmt::format("{}{}: draining, for at most {}; {} aborts\n",
                      interrupted && terminal_columns(STDERR_FILENO) > 0 ? "\n" : "",
                      interrupted ? "interrupted" : "asked to end", to_text(drain_budget_),
                      interrupted ? "once more" : "a second signal"));
    run_->drain();
  }

  void abort() { run_->abort(); }

  // The run was aborted and did not end: nobody is waited for.
  [[noreturn]] void leave() {
    leave_soon_anyway();
    auto report = run_->snapshot();
    if (report.unfinished.empty())
      for (const auto& s : report.stages) report.unfinished.push_back({s.name, {}});
    leave_with(report, exit_failed);
  }

  [[noreturn]] void leave_with(const run_report& report, exit_code code) {
    tell_end(report, code);
    ::_exit(code);
  }

  void tell_end(const run_report& report, exit_code code) {
    const std::lock_guard lock(events_mutex_);
    around_.resident_peak = resident_peak();
    around_.dead_letters = told_letters(report);
    around_.exit_code = code;
    around_.width = terminal_columns(STDERR_FILENO);
    std::string text;
    if (arguments_.report == report_form::json) text = report_json(report, around_);
    if (arguments_.report == report_form::text) text = report_text(report, around_);
    if (in_words()) text += failure_text(report, around_);
    // The table of a run that printed its records stands apart from them.
    if (arguments_.report == report_form::text) text.insert(0, "\n");
    text.insert(0, repeated_stalls());
    // There is nobody to be told where standard error can't be written.
    [[maybe_unused]] const auto written = write_all(STDERR_FILENO, text);
  }

  // Blocks the signals before any thread is started, so it is the first to be made.
  signal_watch signals_;
  const run_arguments& arguments_;
  nanoseconds drain_budget_;
  std::shared_ptr<dead_letters> letters_;
  std::mutex events_mutex_;
  report_surroundings around_;
  struct repeated {
    std::size_t times = 0;
    std::string last;
  };
  std::map<std::string, repeated> stalls_;  // by stage; empty for a report to programs
  std::unique_ptr<executor> executor_;
  std::unique_ptr<run> run_;
};

}  // namespace

std::string temporary_folder() {
  // Read before there is a second thread.
  // NOLINTNEXTLINE(concurrency-mt-unsafe)
  const char* folder = std::getenv("TMPDIR");
  return folder != nullptr && *folder == '/' ? folder : "/tmp";
}

exit_code report_no_run(const std::vector<problem>& problems, exit_code code) {
  // There is nobody to be told where standard error can't be written.
  [[maybe_unused]] const auto written =
      write_all(STDERR_FILENO, report_json_of_no_run(problems, code));
  return code;
}

exit_code refuse_run(const run_arguments& arguments, std::vector<problem> problems,
                     const error& why, exit_code code) {
  if (arguments.report != report_form::json) {
    tell(why);
    return code;
  }
  const auto detail = why.detail.empty() ? std::string() : fmt::format(" ({})", why.detail);
  problems.push_back({problem::level::error, why.code, {}, why.text + detail});
  return report_no_run(problems, code);
}

loaded_pipeline load_for_run(const run_arguments& arguments) {
  auto file = load_file(arguments.file, arguments.given, known_stages());
  // A run tells of rejected records that nobody reads when there are any, not beforehand.
  auto problems = file.found.all();
  if (file.made)
    std::erase_if(problems, [](const problem& p) { return p.code == "unread-rejected"; });
  const bool in_words = arguments.report != report_form::json;
  if (in_words && (!file.made || !arguments.quiet))
    say(problems_text(problems, file.text, terminal_columns(STDERR_FILENO) > 0));
  if (!file.made && !in_words) report_no_run(problems, exit_usage);
  if (file.made && arguments.drain) file.made->drain_budget = *arguments.drain;
  return {std::move(file.made), std::move(problems)};
}

exit_code run_pipeline(const run_arguments& arguments) {
  auto file = load_for_run(arguments);
  if (!file.made) return exit_usage;
  return run_graph(arguments, std::move(*file.made), std::move(file.problems));
}

exit_code run_graph(const run_arguments& arguments, graph what, std::vector<problem> problems) {
  std::shared_ptr<dead_letters> letters;
  if (arguments.dead_letters) {
    if (const auto clash = clash_of(*arguments.dead_letters, what))
      return refuse_run(arguments, std::move(problems), *clash, exit_usage);
    auto opened = dead_letters::open(*arguments.dead_letters);
    if (!opened)
      return refuse_run(arguments, std::move(problems), opened.error(),
                        opened.error().code == "usage" ? exit_usage : exit_failed);
    letters = std::move(*opened);
    what.keeper = letters;
  }
  return launched_run(arguments, std::move(what), std::move(problems), std::move(letters)).finish();
}

}  // namespace weir
