#pragma once

#include <vector>

#include "runtime/config/config_value.hpp"
#include "runtime/config/option_set.hpp"
#include "runtime/config/problems.hpp"
#include "runtime/graph/failure_policy.hpp"

namespace weir {

/// `on_failure` and `restart`, as keys of a stage or a file; those of `restart` and of `backoff` in
/// it.
const option_set<failure_policy>& failure_keys();
const option_set<restart_limits>& restart_keys();
const option_set<restart_backoff>& backoff_keys();

/// Maps within others. What they are by default is told of each of their keys.
template <>
struct option_type<restart_limits> {
  static std::string name() { return "map"; }
  static bool read(const config_value& from, restart_limits& into, problems& found);
  static std::string show(const restart_limits&) { return {}; }
};
template <>
struct option_type<restart_backoff> {
  static std::string name() { return "map"; }
  static bool read(const config_value& from, restart_backoff& into, problems& found);
  static std::string show(const restart_backoff&) { return {}; }
};

/// What a stage or a file says of failures.
struct failure_spec {
  failure_policy policy;
  source_place action_place;   ///< of the value; without a file: it says nothing
  source_place restart_place;  ///< the same
};

/// Reads both keys from the map of a stage or a file; what it does not say is as in `otherwise`.
failure_spec read_failure(const config_value& from, const failure_policy& otherwise,
                          problems& found);

}  // namespace weir
