#pragma once

#include <functional>
#include <string>
#include <vector>

#include "runtime/base/byte_size.hpp"

namespace weir::testing {

/// What work took that was done in processes of its own.
struct cost {
  double wall_s = 0;
  double cpu_s = 0;  ///< user and system, all processes and threads together
  byte_size peak;    ///< resident memory of the largest process

  /// Adds what was done behind it.
  cost& operator+=(const cost& next);
};

/// Does each work in a child process of its own, all side by side, and waits for the last.
///
/// Memory:   a child begins as a copy of this process, so that no peak is below what this one
///           holds: some megabytes if it keeps no data.
/// Errors:   throws if a child does not end with 0.
/// Requires: this process has one thread.
cost measure(const std::vector<std::function<void()>>& side_by_side);

/// The work of a whole program: what `measure` calls becomes that program. Its standard output is
/// dropped.
std::function<void()> program(std::vector<std::string> arguments);

/// Of figures that were taken several times: the one in the middle and the outermost.
struct spread {
  double median = 0;
  double least = 0;
  double most = 0;
};

/// Requires: `figures` is not empty.
spread spread_of(std::vector<double> figures);

/// How busy the machine is, for people: `load 0.52, 2 cores`.
std::string machine_load();

}  // namespace weir::testing
