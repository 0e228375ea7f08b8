#include "pipelines/cli/launcher.hpp"

#include <new>
#include <system_error>
#include <variant>

#include "pipelines/cli/check_command.hpp"
#include "pipelines/cli/command_line.hpp"
#include "pipelines/cli/eval_command.hpp"
#include "pipelines/cli/explain_command.hpp"
#include "pipelines/cli/output.hpp"
#include "pipelines/cli/replay_command.hpp"
#include "pipelines/cli/run_command.hpp"
#include "pipelines/cli/show_commands.hpp"
#include "pipelines/cli/signals.hpp"
#include "pipelines/cli/simulate_command.hpp"
#include "pipelines/cli/terminal.hpp"
#include "pipelines/cli/test_command.hpp"
#include "runtime/base/cases.hpp"

namespace weir {
namespace {

exit_code show_help(const help_arguments& help) {
  if (help.was_asked) return put(help.text);
  say(help.text);
  return exit_usage;
}

exit_code perform(const command& what) {
  return std::visit(
      cases{[](const run_arguments& run) { return run_pipeline(run); },
            [](const replay_arguments& replay) { return replay_letters(replay); },
            [](const check_arguments& check) { return check_files(check); },
            [](const test_arguments& test) { return test_pipelines(test); },
            [](const simulate_arguments& simulate) { return simulate_pipeline(simulate); },
            [](const eval_arguments& eval) { return evaluate(eval); },
            [](const graph_arguments& graph) { return show_graph(graph); },
            [](const explain_arguments& explain) { return explain_pipeline(explain); },
            [](const list_arguments&) { return show_list(); },
            [](const inspect_arguments& inspect) { return show_manual(inspect); },
            [](const version_arguments&) { return show_version(); },
            [](const help_arguments& help) { return show_help(help); }},
      what);
}

}  // namespace

int launch(std::span<const char* const> arguments) {
  fill_standard_descriptors();
  settle_signals();
  const auto read = parse_command_line(arguments);
  if (!read) {
    tell(read.error());
    return exit_usage;
  }
  // What the system refuses (threads, memory, descriptors) is no bug of ours.
  try {
    return perform(*read);
  } catch (const std::bad_alloc&) {
    tell({"no-memory", "the system gives no more memory", {}});
  } catch (const std::system_error& refused) {
    tell({"no-resource", "the system gives no more threads or descriptors", refused.what()});
  }
  return exit_failed;
}

}  // namespace weir
