#include "pipelines/cli/exit_code.hpp"

#include <fmt/format.h>

#include "runtime/base/text.hpp"

namespace weir {
namespace {

bool ended_well(const run_report& run) {
  return run.imbalances.empty() && run.unfinished.empty() && run.isolated.empty() &&
         (run.outcome == run_outcome::complete || run.outcome == run_outcome::drained);
}

}  // namespace

std::optional<stage_failure> strict_failure(const run_report& run) {
  const auto sum = run.rejected_unread();
  if (sum == 0 || !ended_well(run)) return std::nullopt;
  std::string stages;
  for (const auto& s : run.stages)
    if (s.rejected_unread > 0)
      stages += fmt::format("{}{} at '{}'", stages.empty() ? "" : ", ",
                            with_thousands(s.rejected_unread), s.name);
  stage_failure failure;
  failure.cause = {
      rejected_unread,
      fmt::format("--strict: {} rejected and read by nobody: {}",
                  sum == 1 ? "a record was" : fmt::format("{} records were", with_thousands(sum)),
                  stages),
      {}};
  return failure;
}

exit_code exit_code_of(const run_report& run, bool interrupted, bool strict) {
  if (!run.imbalances.empty()) return exit_bug;
  if (!ended_well(run) || (strict && strict_failure(run))) return exit_failed;
  return run.outcome == run_outcome::drained && interrupted ? exit_interrupted : exit_handled;
}

}  // namespace weir
