#include "pipelines/cli/simulate_command.hpp"

#include <unistd.h>

#include <utility>
#include <vector>

#include "pipelines/cli/output.hpp"
#include "pipelines/cli/pipeline_file.hpp"
#include "pipelines/cli/simulate_report.hpp"
#include "pipelines/cli/terminal.hpp"

namespace weir {
namespace {

std::vector<problem> errors_of(const problems& found) {
  std::vector<problem> errors;
  for (const auto& p : found.all())
    if (p.severity == problem::level::error) errors.push_back(p);
  return errors;
}

}  // namespace

exit_code simulate_pipeline(const simulate_arguments& arguments) {
  auto file = load_file(arguments.file, arguments.given, known_stages());
  if (!file.made) {
    say(problems_text(errors_of(file.found), file.text, terminal_columns(STDERR_FILENO) > 0));
    return exit_usage;
  }
  const auto simulation = pipeline_simulation::make(std::move(*file.made), arguments.records);
  if (!simulation) {
    tell(simulation.error());
    return exit_failed;
  }
  const std::uint64_t first = arguments.seed.value_or(1);
  const std::uint64_t count = arguments.seed ? 1 : arguments.seeds;
  std::vector<simulated_result> all;
  for (std::uint64_t i = 0; i < count; ++i) {
    all.push_back(simulation->run(first + i, arguments.faults));
    if (!arguments.seed) all.back().history.clear();
  }
  const told_simulation told{*simulation, arguments, all};
  const auto written = put(arguments.json   ? simulation_json(told)
                           : arguments.seed ? history_text(told)
                                            : simulation_text(told));
  if (written != exit_handled) return written;
  for (const auto& run : all)
    if (!run.findings.empty()) return exit_failed;
  return exit_handled;
}

}  // namespace weir
