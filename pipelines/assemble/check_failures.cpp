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
  return type.kind == stage_kind::sink
             ? fmt::format("a new instance of {} would not have what was written",
                           quoted(type.name))
             : fmt::format(
                   "a new instance of {} would not have what it keeps of the records before",
                   quoted(type.name));
}

}  // namespace

std::optional<std::string> why_not_held(const draft_stage& stage) {
  const failure_policy& policy = stage.spec->on_failure.policy;
  const stage_type& type = *stage.type;
  if (policy.action == failure_action::fail) return std::nullopt;
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
  const bool may_lose = type.kind == stage_kind::transform && stage.inputs.size() == 1;
  if (!may_lose) return "it takes 'fail'";
  return stage.spec->on_failure.policy.restart.lossy_state
             ? "it takes 'workers: 1', or 'fail'"
             : "it takes 'fail', or 'restart: {lossy_state: true}' where that may be lost";
}

void check(const draft_stage& stage, problems& found) {
  const failure_spec& said = stage.spec->on_failure;
  const bool says_action = static_cast<bool>(said.action_place.file);
  const bool says_restart = static_cast<bool>(said.restart_place.file);
  if (const auto why = why_not_held(stage)) {
    const auto key = found.enter("'on_failure'");
    if (says_action)
      found.add("not-held", said.action_place, fmt::format("{}; {}", *why, instead(stage)));
    else
      found.warn("not-held", stage.spec->place,
                 fmt::format("that of the pipeline does not hold here, as {}; write 'on_failure: "
                             "fail' to say so",
                             *why));
  } else if (says_restart && said.policy.action == failure_action::fail) {
    found.warn("no-restart", said.restart_place,
               "'restart' changes nothing where 'on_failure' is 'fail'");
  }
}

void check_limits(const failure_spec& said, problems& found) {
  if (!said.restart_place.file || said.policy.action == failure_action::fail) return;
  const restart_limits& limits = said.policy.restart;
  if (least_time_to_exceed(limits) <= limits.within) return;
  const auto key = found.enter("'restart'");
  found.warn("without-end", said.restart_place,
             fmt::format("the waits before {} restarts take longer than {}, so that a stage which "
                         "fails each time is restarted without end",
                         limits.most, to_text(limits.within)));
}

}  // namespace

void check_failures(const draft& in, problems& found) {
  check_limits(in.spec->on_failure, found);
  for (std::uint32_t at = 0; at < in.stages.size(); ++at) {
    const draft_stage& stage = in.stages[at];
    if (!stage.type || !stage.spec->is_complete) continue;
    const auto subject = found.enter(in.subject(at));
    check(stage, found);
    check_limits(stage.spec->on_failure, found);
  }
}

}  // namespace weir
