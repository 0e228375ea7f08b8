#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "runtime/config/option_set.hpp"
#include "runtime/flow/credit.hpp"
#include "runtime/graph/graph.hpp"

namespace weir {

/// What a stage says of the edges it reads.
struct flow_options {
  credit_limits credit;
  when_full full = when_full::block;
};
const option_set<credit_limits>& credit_keys();
const option_set<flow_options>& when_full_key();

/// What a stage says of its workers, but for `workers` itself, which takes a number or `auto`.
struct worker_options {
  bool ordered = true;
};
const option_set<worker_options>& ordered_key();

/// How long a stage's calls may take.
struct call_options {
  std::optional<std::chrono::nanoseconds> max_duration;
};
const option_set<call_options>& max_duration_key();
/// What a source says of how long it may give nothing.
struct timeout_options {
  std::optional<std::chrono::nanoseconds> timeout;
};
const option_set<timeout_options>& timeout_key();

/// The keys that every stage has but those kept for later, as the manual tells them.
const std::vector<option_declaration>& stage_keys();

/// The names of these, of those kept for later, and `by`, which means the same in every stage that
/// has it: none of them can be an option that means something else.
const std::vector<std::string>& stage_key_names();

}  // namespace weir
