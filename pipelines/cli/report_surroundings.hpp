#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "runtime/base/byte_size.hpp"
#include "runtime/config/problems.hpp"
#include "runtime/observe/run_report.hpp"

namespace weir {

/// What a launcher knows of a run beside the run's own report.
struct report_surroundings {
  std::map<std::string, std::string> stage_places;  ///< by stage: `pipeline.yaml:7:3`
  std::vector<run_event> events;                    ///< for the JSON report
  std::vector<problem> problems;                    ///< of the file, for the JSON report
  byte_size resident_peak;                          ///< of the process; 0: not known
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
