#pragma once

#include <vector>

#include "runtime/config/config_value.hpp"
#include "runtime/config/option_set.hpp"
#include "runtime/config/problems.hpp"
#include "runtime/graph/failure_policy.hpp"

namespace weir {

/// `on_failure`, `restart` and `retry`, as keys of a stage or a file; those of the last two and of
/// `backoff` in each.
const option_set<failure_policy>& failure_keys();
const option_set<restart_limits>& restart_keys();
const option_set<restart_backoff>& backoff_keys();
const option_set<retry_limits>& retry_keys();
const option_set<retry_backoff>& retry_backoff_keys();

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
template <>
struct option_type<retry_limits> {
  static std::string name() { return "map"; }
  static bool read(const config_value& from, retry_limits& into, problems& found);
  static std::string show(const retry_limits&) { return {}; }
};
template <>
struct option_type<retry_backoff> {
  static std::string name() { return "map"; }
  static bool read(const config_value& from, retry_backoff& into, problems& found);
  static std::string show(const retry_backoff&) { return {}; }
};

/// What a stage or a file says of failures.
struct failure_spec {
  failure_policy policy;
  source_place action_place;   ///< of the value; without a file: it says nothing
  source_place restart_place;  ///< of the key, as the next; the same
  source_place retry_place;
};

/// Reads these keys from the map of a stage or a file; what it does not say is as in `otherwise`.
failure_spec read_failure(const config_value& from, const failure_policy& otherwise,
                          problems& found);

}  // namespace weir
