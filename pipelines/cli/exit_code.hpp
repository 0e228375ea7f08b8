#pragma once

#include <optional>

#include "runtime/observe/run_report.hpp"

namespace weir {

/// How the process ends, for scripts.
enum exit_code : int {
  exit_handled = 0,  ///< all input handled, also after SIGTERM fully drained
  exit_failed = 1,   ///< failed, aborted, a stage cut off, or `--strict` and something rejected
                     ///< that nobody reads
  exit_usage = 2,    ///< the pipeline file or the command line
  exit_bug = 3,      ///< a bug in weir
  exit_interrupted = 130  ///< after SIGINT, drained
};

/// Why a run that ended well has failed with `--strict`: a rejected record was read by nobody. The
/// cause has the code below.
inline constexpr const char* rejected_unread = "rejected-unread";
std::optional<stage_failure> strict_failure(const run_report& run);

/// `interrupted`: SIGINT came first, not SIGTERM.
exit_code exit_code_of(const run_report& run, bool interrupted, bool strict);

}  // namespace weir
