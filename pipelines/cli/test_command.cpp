#include "pipelines/cli/test_command.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <fnmatch.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "pipelines/cli/output.hpp"
#include "pipelines/cli/pipeline_file.hpp"
#include "pipelines/cli/terminal.hpp"
#include "pipelines/cli/test_report.hpp"
#include "pipelines/inspect/text_layout.hpp"
#include "runtime/base/text.hpp"

namespace weir {
namespace {

struct chosen_test {
  std::string file;
  pipeline_trial trial;
};

// All tests of all files; no value, told, where something is wrong with one of them or there is
// none.
std::optional<std::vector<chosen_test>> read_files(const test_arguments& arguments) {
  const registry known = known_stages();
  const bool for_terminal = terminal_columns(STDERR_FILENO) > 0;
  std::vector<chosen_test> all;
  bool is_wrong = false;
  for (const auto& path : arguments.files) {
    auto file = load_tests(path, arguments.given, known);
    std::vector<pipeline_trial> trials;
    if (file.tested.made) trials = make_trials(std::move(file.tested), known, file.found);
    for (const auto& p : file.found.all())
      if (p.severity == problem::level::error) say(file.text_of(p, for_terminal));
    is_wrong = is_wrong || file.found.any_errors();
    if (!file.found.any_errors() && trials.empty())
      say(fmt::format("{}: there are no tests in it\n", path));
    for (auto& trial : trials) all.push_back({path, std::move(trial)});
  }
  if (is_wrong || all.empty()) return std::nullopt;
  return all;
}

// Leaves those that `wanted` names: by their whole name, or else by a glob or a part of it.
bool leave_named(std::vector<chosen_test>& all, const std::string& wanted) {
  std::vector<std::string> names;
  for (const auto& test : all) names.push_back(test.trial.test().name);
  const bool is_name = std::find(names.begin(), names.end(), wanted) != names.end();
  std::erase_if(all, [&](const chosen_test& test) {
    const auto& name = test.trial.test().name;
    if (is_name) return name != wanted;
    return name.find(wanted) == std::string::npos &&
           ::fnmatch(wanted.c_str(), name.c_str(), 0) != 0;
  });
  if (!all.empty()) return true;
  tell({"usage",
        fmt::format("option '--test': no test is named like {}{}", quoted(wanted),
                    did_you_mean(wanted, names, "tests")),
        {}});
  return false;
}

std::string place_text(const source_place& place) {
  return fmt::format("{}:{}:{}", place.file ? *place.file : std::string(), place.line,
                     place.column);
}

exit_code write_junit(const std::string& path, const std::string& text) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  const int code = errno;
  const auto written = descriptor < 0 ? failure("write-file", std::generic_category().message(code))
                                      : write_all(descriptor, text);
  const bool closed = descriptor < 0 || ::close(descriptor) == 0;
  if (written && closed) return exit_handled;
  tell({"write-file", fmt::format("{} can't be written", quoted(path)),
        written ? std::generic_category().message(errno) : written.error().text});
  return exit_failed;
}

// Runs the tests in their order, and tells of each as soon as it has ended.
class test_run {
 public:
  explicit test_run(const test_arguments& arguments) : arguments_(arguments) {}

  exit_code run(const std::vector<chosen_test>& all) {
    const trial_choice how{.seeds = arguments_.seeds, .only_seed = arguments_.seed};
    trial_runner runner;
    std::string file;
    for (const auto& test : all) {
      const auto& about = test.trial.test();
      told_.push_back(
          {test.file, place_text(about.place), about.name, runner.run(test.trial, how)});
      if (!tells_all()) continue;
      if (file != test.file) put_text(fmt::format("{}{}\n", file.empty() ? "" : "\n", test.file));
      file = test.file;
      put_text(test_line(told_.back()));
    }
    return finish();
  }

 private:
  bool tells_all() const { return arguments_.form == test_form::text && !arguments_.quiet; }

  exit_code finish() {
    const bool passed =
        std::all_of(told_.begin(), told_.end(), [](const auto& t) { return t.result.passed(); });
    const std::string summary = summary_text(told_);
    if (arguments_.form == test_form::junit) {
      put_text(junit_xml(told_, arguments_.given));
      if (!arguments_.quiet || !passed) say(summary);
    } else if (!arguments_.quiet || !passed) {
      put_text(failures_text(told_, arguments_.given) + "\n" + summary);
    }
    if (!arguments_.junit.empty())
      note(write_junit(arguments_.junit, junit_xml(told_, arguments_.given)));
    return passed ? code_ : exit_failed;
  }

  // What can't be written is told once; the tests go on, for the exit code.
  void put_text(const std::string& text) {
    if (can_put_) note(put(text));
    can_put_ = code_ == exit_handled;
  }
  void note(exit_code code) {
    if (code != exit_handled) code_ = code;
  }

  const test_arguments& arguments_;
  std::vector<told_test> told_;
  exit_code code_ = exit_handled;
  bool can_put_ = true;
};

}  // namespace

exit_code test_pipelines(const test_arguments& arguments) {
  auto all = read_files(arguments);
  if (!all) return exit_usage;
  if (!arguments.test.empty() && !leave_named(*all, arguments.test)) return exit_usage;
  return test_run(arguments).run(*all);
}

}  // namespace weir
