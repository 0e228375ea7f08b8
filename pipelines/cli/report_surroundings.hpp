#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "runtime/base/byte_size.hpp"
#include "runtime/config/problems.hpp"
#include "runtime/observe/run_report.hpp"

namespace weir {

/// What became of rejected records that nobody reads, where there is a file for them.
struct told_dead_letters {
  std::string path;
  std::uint64_t kept = 0;
  std::uint64_t lost = 0;      ///< that could not be written
  std::string replay_command;  ///< that reads them again; empty: there is nothing to read again
};

/// What a launcher knows of a run beside the run's own report.
struct report_surroundings {
  std::map<std::string, std::string> stage_places;  ///< by stage: `pipeline.yaml:7:3`
  std::vector<run_event> events;                    ///< for the JSON report
  std::vector<problem> problems;                    ///< of the file, for the JSON report
  byte_size resident_peak;                          ///< of the process; 0: not known
  std::optional<told_dead_letters> dead_letters;
  int exit_code = 0;
  std::size_t width = 0;  ///< of the terminal; 0: none, so there is no bound
};

/// `complete`, `drained`, `aborted`, `failed`, `running`.
inline const char* name_of(run_outcome outcome) {
  switch (outcome) {
    case run_outcome::running:
      return "running";
    case run_outcome::complete:
      return "complete";
    case run_outcome::drained:
      return "drained";
    case run_outcome::aborted:
      return "aborted";
    case run_outcome::failed:
      return "failed";
  }
  return "";
}

}  // namespace weir
