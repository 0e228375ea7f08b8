#include "pipelines/spec/failure_keys.hpp"

#include <fmt/format.h>

#include <chrono>

namespace weir {
namespace {

using namespace std::chrono_literals;

constexpr nanoseconds longest = std::chrono::hours(24 * 365);

template <class Options>
bool read_map(const config_value& from, const option_set<Options>& keys, const char* example,
              Options& into, problems& found) {
  const std::size_t errors = found.errors();
  if (from.is_map())
    keys.read(from, into, found);
  else
    found.add("wrong-type", from.place.start,
              fmt::format("{} is not a map, as in {}", described(from), example));
  return found.errors() == errors;
}

// What any backoff says of its waits.
template <class Backoff>
option_set<Backoff> wait_keys(const char* first) {
  option_set<Backoff> set;
  set.add("first", &Backoff::first, first, between{nanoseconds(0), longest});
  set.add("factor", &Backoff::factor, "Each wait is so many times the one before.",
          between{1.0, 1000.0});
  set.add("max", &Backoff::max, "The longest wait.", between{nanoseconds(0), longest});
  set.add("jitter", &Backoff::jitter, "Each wait is up to this part longer or shorter, at random.",
          between{0.0, 1.0});
  return set;
}

}  // namespace

bool option_type<restart_limits>::read(const config_value& from, restart_limits& into,
                                       problems& found) {
  return read_map(from, restart_keys(), "{most: 3, within: 5s}", into, found);
}

bool option_type<restart_backoff>::read(const config_value& from, restart_backoff& into,
                                        problems& found) {
  return read_map(from, backoff_keys(), "{first: 100ms, max: 30s}", into, found);
}

bool option_type<retry_limits>::read(const config_value& from, retry_limits& into,
                                     problems& found) {
  return read_map(from, retry_keys(), "{deadline: 30s}", into, found);
}

bool option_type<retry_backoff>::read(const config_value& from, retry_backoff& into,
                                      problems& found) {
  return read_map(from, retry_backoff_keys(), "{first: 100ms, max: 5s}", into, found);
}

const option_set<failure_policy>& failure_keys() {
  static const option_set<failure_policy> keys = [] {
    option_set<failure_policy> set;
    set.add("on_failure", &failure_policy::action, "What becomes of a stage whose call failed.",
            {choice{"fail", failure_action::fail, "the run ends with the cause"},
             choice{"restart", failure_action::restart,
                    "what it failed on goes to a new instance; a chunk that fails again is cut "
                    "until the records that it fails on stand alone: they are rejected"},
             choice{"skip", failure_action::skip,
                    "the records that it failed on are rejected, and a new instance goes on"},
             choice{"isolate", failure_action::isolate,
                    "the stage and what nothing else leads to are cut off, the rest goes on, and "
                    "the exit code is 1"}});
    set.add("restart", &failure_policy::restart,
            "How often it may begin anew and how long it waits, see FAILURES.");
    set.add("retry", &failure_policy::retry,
            "How long a call that failed for a temporary cause is made again before that is a "
            "failure, see FAILURES; without it, not at all.");
    return set;
  }();
  return keys;
}

const option_set<restart_limits>& restart_keys() {
  static const option_set<restart_limits> keys = [] {
    option_set<restart_limits> set;
    set.add("most", &restart_limits::most, "More restarts than that end the run.",
            between{1, 1'000'000});
    set.add("within", &restart_limits::within, "The time in which they are counted.",
            between{nanoseconds(1ms), longest});
    set.add("lossy_state", &restart_limits::lossy_state,
            "Whether a stage may begin anew although what it keeps is lost by that.");
    set.add("backoff", &restart_limits::backoff, "How long it waits before it begins anew.");
    return set;
  }();
  return keys;
}

const option_set<restart_backoff>& backoff_keys() {
  static const option_set<restart_backoff> keys = [] {
    auto set = wait_keys<restart_backoff>("How long the stage waits before it begins anew.");
    set.add("reset_after", &restart_backoff::reset_after,
            "After so long without a failure the waits begin anew.",
            between{nanoseconds(0), longest});
    return set;
  }();
  return keys;
}

const option_set<retry_limits>& retry_keys() {
  static const option_set<retry_limits> keys = [] {
    option_set<retry_limits> set;
    set.add("deadline", &retry_limits::deadline,
            "How long after its first failure the call is made again for the last time; 0s: it is "
            "not.",
            required, between{nanoseconds(0), longest});
    set.add("backoff", &retry_limits::backoff, "How long it waits before it is made again.");
    return set;
  }();
  return keys;
}

const option_set<retry_backoff>& retry_backoff_keys() {
  static const option_set<retry_backoff> keys =
      wait_keys<retry_backoff>("How long the call waits before it is made again.");
  return keys;
}

failure_spec read_failure(const config_value& from, const failure_policy& otherwise,
                          problems& found) {
  failure_spec read;
  read.policy = otherwise;
  config_value said;
  said.what = config_value::kind::map;
  for (const auto& entry : from.entries) {
    if (entry.key == "on_failure")
      read.action_place = entry.value.place.start;
    else if (entry.key == "restart")
      read.restart_place = entry.key_place;
    else if (entry.key == "retry")
      read.retry_place = entry.key_place;
    else
      continue;
    said.entries.push_back(entry);
  }
  failure_keys().read(said, read.policy, found);
  return read;
}

}  // namespace weir
