#include "pipelines/cli/replay_command.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "pipelines/assemble/file_paths.hpp"
#include "pipelines/cli/pipeline_file.hpp"
#include "pipelines/cli/run_command.hpp"
#include "pipelines/cli/terminal.hpp"
#include "pipelines/replay/replay_graph.hpp"
#include "runtime/base/text.hpp"

namespace weir {
namespace {

bool has_bytes(const std::string& path) {
  struct stat about = {};
  return ::stat(path.c_str(), &about) == 0 && S_ISREG(about.st_mode) && about.st_size > 0;
}

// What to write so that the file stays as it is.
std::string instead_of_replacing(const graph_stage& stage) {
  const auto takes = [&](const char* option) {
    return std::any_of(stage.type->options.begin(), stage.type->options.end(),
                       [&](const auto& o) { return o.name == option; });
  };
  std::string out;
  if (takes("append")) out += fmt::format("; add to it by '--set {}.append=true'", stage.name);
  if (takes("path"))
    out += fmt::format("{} '--set {}.path=FILE'",
                       out.empty() ? "; write elsewhere by" : " or write elsewhere by", stage.name);
  return out;
}

// A replay gives the records that were missing: what an earlier run made of the others is not to
// go, and the letters even less.
void check_files(const graph& replayed, const letter_file& letters, problems& found) {
  for (const auto& stage : replayed.stages) {
    const auto subject = found.enter(fmt::format("stage '{}'", stage.name));
    for (const auto& path : stage.configured->files_written())
      if (letters.is(path))
        found.add("writes-input", stage.place,
                  fmt::format("it would write {}, which has the dead letters", quoted(path)));
    for (const auto& path : stage.configured->files_replaced())
      if (!is_stream(path) && !letters.is(path) && has_bytes(path))
        found.add("replaces-output", stage.place,
                  fmt::format("it would replace {}, which an earlier run may have written{}",
                              quoted(path), instead_of_replacing(stage)));
  }
}

class replay {
 public:
  explicit replay(const replay_arguments& arguments) : arguments_(arguments) {}

  exit_code run() {
    auto file = load_for_run(run_arguments());
    if (!file.made) return exit_usage;
    problems_ = std::move(file.problems);
    auto opened = letter_file::open(arguments_.letters, temporary_folder());
    if (!opened)
      return refuse(opened.error(), opened.error().code == "open-file" ? exit_usage : exit_failed);
    if (run_arguments().dead_letters && (*opened)->is(*run_arguments().dead_letters))
      return refuse({"usage",
                     fmt::format("option '--dead-letters': {} has the letters that are replayed; "
                                 "name another file for those that are rejected again",
                                 quoted(*run_arguments().dead_letters)),
                     {}},
                    exit_usage);
    problems found;
    const auto letters = survey(*opened, *file.made, found);
    if (!letters) return refuse(letters.error(), exit_failed);
    if (found.any_errors()) return refuse_all(found);
    if (letters->sum() == 0) return nothing(found, *letters);
    graph made = replay_graph(*file.made, *letters, *opened);
    check_files(made, **opened, found);
    if (found.any_errors()) return refuse_all(found);
    tell(found);
    const auto code = run_graph(run_arguments(), std::move(made), std::move(problems_));
    return code == exit_handled ? with_skipped(*letters) : code;
  }

 private:
  const weir::run_arguments& run_arguments() const { return arguments_.run; }
  bool in_words() const { return run_arguments().report != report_form::json; }

  exit_code refuse(const error& why, exit_code code) {
    return refuse_run(run_arguments(), std::move(problems_), why, code);
  }

  // Keeps what was found for a report to programs, or says it.
  void tell(const problems& found) {
    if (in_words() && (found.any_errors() || !run_arguments().quiet))
      say(problems_text(found.all(), {}, false));
    problems_.insert(problems_.end(), found.all().begin(), found.all().end());
  }

  exit_code refuse_all(const problems& found) {
    tell(found);
    return in_words() ? exit_usage : report_no_run(problems_, exit_usage);
  }

  exit_code nothing(const problems& found, const letter_survey& letters) {
    tell(found);
    const auto code = with_skipped(letters);
    if (!in_words()) return report_no_run(problems_, code);
    if (!run_arguments().quiet)
      say(fmt::format("weir: there is nothing to replay in {}\n", quoted(arguments_.letters)));
    return code;
  }

  exit_code with_skipped(const letter_survey& letters) const {
    return run_arguments().strict && letters.skipped > 0 ? exit_failed : exit_handled;
  }

  const replay_arguments& arguments_;
  std::vector<problem> problems_;  // as they are known, for a report to programs
};

}  // namespace

exit_code replay_letters(const replay_arguments& arguments) { return replay(arguments).run(); }

}  // namespace weir
