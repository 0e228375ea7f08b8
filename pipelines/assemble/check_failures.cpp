#include "pipelines/assemble/check_failures.hpp"

#include <fmt/format.h>

#include "runtime/base/duration.hpp"
#include "runtime/base/text.hpp"
#include "runtime/supervision/restart_policy.hpp"

namespace weir {
namespace {

std::string why_source_not(const stage_type& type) {
  return fmt::format(
      "{} can't go back to where it failed: a new instance would give records a second time",
      quoted(type.name));
}

std::string why_loss(const stage_type& type) {
  const auto name = quoted(type.name);
  return type.kind == stage_kind::sink
             ? name + " can't take back what it has written of a chunk"
             : "a new instance of " + name + " would not have what it keeps of the records before";
}

// Whether a sink is left where the stage, and all that it alone leads to, is cut off.
bool leaves_a_sink(const draft& in, std::uint32_t without) {
  std::vector<bool> cut(in.stages.size());
  cut[without] = true;
  for (bool any = true; any;) {
    any = false;
    for (std::uint32_t at = 0; at < in.stages.size(); ++at) {
      std::size_t inputs = 0;
      std::size_t left = 0;
      for (const auto& edge : in.edges) {
        if (edge.to.stage != at) continue;
        ++inputs;
        if (!cut[edge.from.stage]) ++left;
      }
      if (cut[at] || inputs == 0 || left > 0) continue;
      cut[at] = any = true;
    }
  }
  for (std::uint32_t at = 0; at < in.stages.size(); ++at)
    if (!cut[at] && in.stages[at].type && in.stages[at].type->kind == stage_kind::sink) return true;
  return false;
}

std::optional<std::string> why_not_isolated(const draft& in, std::uint32_t at) {
  const draft_stage& stage = in.stages[at];
  if (!leaves_a_sink(in, at))
    return fmt::format("no sink would be left to go on without {}", quoted(stage.spec->name));
  if (stage.spec->workers.value_or(1) != 1)
    return std::string("a stage is cut off whole, and so has one worker");
  return std::nullopt;
}

}  // namespace

std::optional<std::string> why_not_held(const draft& in, std::uint32_t at) {
  const draft_stage& stage = in.stages[at];
  const failure_policy& policy = stage.spec->on_failure.policy;
  const stage_type& type = *stage.type;
  if (policy.action == failure_action::fail) return std::nullopt;
  if (policy.action == failure_action::isolate) return why_not_isolated(in, at);
  if (type.kind == stage_kind::source) return why_source_not(type);
  if (type.failed != after_failure::loses_state) return std::nullopt;
  if (type.kind == stage_kind::sink) return why_loss(type);
  if (!policy.restart.lossy_state) return why_loss(type);
  if (stage.inputs.size() > 1)
    return fmt::format("{} reads several inputs in step, and a new instance would not know how far",
                       quoted(type.name));
  if (stage.spec->workers.value_or(1) != 1)
    return fmt::format("what the workers of {} have in common can't be put together without one",
                       quoted(type.name));
  return std::nullopt;
}

namespace {

// What its user may write instead.
std::string instead(const draft_stage& stage) {
  const stage_type& type = *stage.type;
  if (stage.spec->on_failure.policy.action == failure_action::isolate)
    return stage.spec->workers.value_or(1) != 1 ? "it takes 'workers: 1', or 'fail'"
                                                : "it takes 'fail'";
  const bool may_lose = type.kind == stage_kind::transform && stage.inputs.size() == 1;
  if (!may_lose) return "it takes 'fail'";
  return stage.spec->on_failure.policy.restart.lossy_state
             ? "it takes 'workers: 1', or 'fail'"
             : "it takes 'fail', or 'restart: {lossy_state: true}' where that may be lost";
}

void check(const draft& in, std::uint32_t at, problems& found) {
  const draft_stage& stage = in.stages[at];
  const failure_spec& said = stage.spec->on_failure;
  const bool says_action = static_cast<bool>(said.action_place.file);
  const bool says_restart = static_cast<bool>(said.restart_place.file);
  if (const auto why = why_not_held(in, at)) {
    const auto key = found.enter("'on_failure'");
    if (says_action)
      found.add("not-held", said.action_place, fmt::format("{}; {}", *why, instead(stage)));
    else
      found.warn("not-held", stage.spec->place,
                 fmt::format("that of the pipeline does not hold here, as {}; write 'on_failure: "
                             "fail' to say so",
                             *why));
  } else if (says_restart && !begins_anew(said.policy)) {
    found.warn("no-restart", said.restart_place,
               "'restart' changes nothing where 'on_failure' is neither 'restart' nor 'skip'");
  }
}

void check_limits(const failure_spec& said, problems& found) {
  if (!said.restart_place.file || !begins_anew(said.policy)) return;
  const restart_limits& limits = said.policy.restart;
  if (least_time_to_exceed(limits) <= limits.within) return;
  const auto key = found.enter("'restart'");
  found.warn("without-end", said.restart_place,
             fmt::format("the waits before {} restarts take longer than {}, so that a stage which "
                         "fails each time is restarted without end",
                         limits.most, to_text(limits.within)));
}

}  // namespace

bool rejects_by_policy(const failure_policy& policy, const stage_type& type) {
  return policy.action == failure_action::skip ||
         (policy.action == failure_action::restart && type.failed == after_failure::goes_on);
}

void check_failures(const draft& in, problems& found) {
  check_limits(in.spec->on_failure, found);
  for (std::uint32_t at = 0; at < in.stages.size(); ++at) {
    const draft_stage& stage = in.stages[at];
    if (!stage.type || !stage.spec->is_complete) continue;
    const auto subject = found.enter(in.subject(at));
    check(in, at, found);
    check_limits(stage.spec->on_failure, found);
  }
}

}  // namespace weir
