#include "pipelines/cli/explain_command.hpp"

#include <unistd.h>

#include <algorithm>
#include <thread>

#include "pipelines/cli/output.hpp"
#include "pipelines/cli/pipeline_file.hpp"
#include "pipelines/cli/terminal.hpp"
#include "pipelines/inspect/explanation.hpp"
#include "pipelines/lint/problem_text.hpp"

namespace weir {

exit_code explain_pipeline(const explain_arguments& arguments) {
  auto file = load_file(arguments.file, arguments.given, known_stages());
  if (!file.made) {
    if (!arguments.json)
      say(problems_text(file.found.all(), file.text, terminal_columns(STDERR_FILENO) > 0));
    else if (const auto written = put(problems_as_json(file.found.all())); written != exit_handled)
      return written;
    return exit_usage;
  }
  const unsigned cores = std::max(std::thread::hardware_concurrency(), 1U);
  const unsigned threads = arguments.threads.value_or(cores);
  const auto made = explain(plan_run(std::move(*file.made), threads), threads, file.found.all());
  return put(arguments.json ? explanation_json(made) : explanation_text(made, text_columns()));
}

}  // namespace weir
