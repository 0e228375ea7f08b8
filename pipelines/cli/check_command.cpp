#include "pipelines/cli/check_command.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include "pipelines/cli/output.hpp"
#include "pipelines/cli/pipeline_file.hpp"
#include "pipelines/cli/terminal.hpp"
#include "pipelines/inspect/text_layout.hpp"
#include "pipelines/lint/problem_text.hpp"

namespace weir {
namespace {

struct counts {
  std::size_t errors = 0;
  std::size_t warnings = 0;

  void add(const problems& found) {
    for (const auto& p : found.all()) ++(p.severity == problem::level::error ? errors : warnings);
  }
};

std::string summary(const counts& sum, std::size_t files) {
  std::string found = "nothing is wrong";
  if (sum.errors > 0) found = counted(sum.errors, "problem");
  if (sum.warnings > 0)
    found = (sum.errors > 0 ? found + " and " : std::string()) + counted(sum.warnings, "warning");
  return fmt::format("{} in {}\n", found, counted(files, "file"));
}

}  // namespace

exit_code check_files(const check_arguments& arguments) {
  const registry known = known_stages();
  const bool for_terminal = terminal_columns(STDOUT_FILENO) > 0;
  counts sum;
  std::vector<problem> all;
  std::string text;
  for (const auto& path : arguments.files) {
    const auto file = load_tests(path, arguments.given, known);
    sum.add(file.found);
    all.insert(all.end(), file.found.all().begin(), file.found.all().end());
    if (arguments.json) continue;
    for (const auto& problem : file.found.all()) text += file.text_of(problem, for_terminal);
  }
  if (arguments.json) text = problems_as_json(all);
  if (const auto written = put(text); written != exit_handled) return written;
  if (!arguments.json) say(summary(sum, arguments.files.size()));
  return sum.errors > 0 || (arguments.strict && sum.warnings > 0) ? exit_usage : exit_handled;
}

}  // namespace weir
