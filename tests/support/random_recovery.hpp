#pragma once

#include <cstdint>
#include <string>

#include "tests/support/executors.hpp"

namespace weir::testing {

/// What came of a run.
struct recovery_run {
  std::string about;        ///< the case, for people
  std::string sort;         ///< the fault and the policy, as a row of a table
  std::string wrong;        ///< empty: all is as the policy says
  std::uint64_t steps = 0;  ///< of a simulation
};

/// A run of one stage that fails and is led back to its work, or not, as a policy says; all of it
/// by the seed, but for the order of calls where it is not simulated. What has to come of it is
/// known exactly: which records arrive, which are rejected, how often the stage begins anew, and
/// what a sink's output looks like after a write that failed half-way.
///
/// The stage is a transform or a sink that can undo a write, with an actor of its own or fused; it
/// fails once, from some call on, on one record, or its new instance can't be opened. Another sink
/// reads the same records and has to be left alone.
recovery_run simulate_recovery(std::uint64_t seed);
/// The same, by an executor and in its time.
recovery_run run_recovery(std::uint64_t seed, const named_executor& by);

}  // namespace weir::testing
