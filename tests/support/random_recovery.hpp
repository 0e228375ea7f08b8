#pragma once

#include <cstdint>
#include <string>

namespace weir::testing {

/// What came of a simulated run.
struct recovery_run {
  std::string about;  ///< the case, for people
  std::string wrong;  ///< empty: all is as the policy says
  std::uint64_t steps = 0;
};

/// A simulated run of one stage that fails and is led back to its work, or not, as a policy says;
/// all of it by the seed. What has to come of it is known exactly: which records arrive, which are
/// rejected, how often the stage begins anew, and what a sink's output looks like after a write
/// that failed half-way.
///
/// The stage is a transform or a sink that can undo a write, with an actor of its own or fused; it
/// fails once, from some call on, on one record, or its new instance can't be opened. Another sink
/// reads the same records and has to be left alone.
recovery_run run_recovery(std::uint64_t seed);

}  // namespace weir::testing
