#include "pipelines/cli/exit_code.hpp"

namespace weir {

exit_code exit_code_of(const run_report& run, bool interrupted, bool strict) {
  if (!run.imbalances.empty()) return exit_bug;
  if (!run.unfinished.empty()) return exit_failed;
  switch (run.outcome) {
    case run_outcome::running:
    case run_outcome::aborted:
    case run_outcome::failed:
      return exit_failed;
    case run_outcome::complete:
    case run_outcome::drained:
      break;
  }
  if (strict && run.rejected_unread() > 0) return exit_failed;
  return run.outcome == run_outcome::drained && interrupted ? exit_interrupted : exit_handled;
}

}  // namespace weir
