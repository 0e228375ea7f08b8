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

namespace {

// Why no new instance of the stage can go on where one was.
std::optional<std::string> why_not_anew(const draft_stage& stage) {
  const stage_type& type = *stage.type;
  if (type.kind == stage_kind::source) return why_source_not(type);
  if (type.failed != after_failure::loses_state) return std::nullopt;
  if (type.kind == stage_kind::sink) return why_loss(type);
  if (!stage.spec->on_failure.policy.restart.lossy_state) return why_loss(type);
  if (stage.inputs.size() > 1)
    return fmt::format("{} reads several inputs in step, and a new instance would not know how far",
                       quoted(type.name));
  if (stage.spec->workers.value_or(1) != 1)
    return fmt::format("what the workers of {} have in common can't be put together without one",
                       quoted(type.name));
  return std::nullopt;
}

bool is_whole(const draft_stage& stage) { return stage.type && stage.spec->is_complete; }

}  // namespace

std::optional<std::string> why_not_held(const draft& in, std::uint32_t at) {
  const draft_stage& stage = in.stages[at];
  const failure_action action = stage.spec->on_failure.policy.action;
  if (action == failure_action::fail) return std::nullopt;
  if (action == failure_action::isolate) return why_not_isolated(in, at);
  // Of a run that begins again as a whole nothing has to be kept.
  if (restarts_run(in, at)) return std::nullopt;
  return why_not_anew(stage);
}

bool restarts_run(const draft& in, std::uint32_t at) {
  return in.spec->strategy == restart_strategy::one_for_all &&
         in.stages[at].spec->on_failure.policy.action == failure_action::restart;
}

std::optional<std::uint32_t> leader_of(const draft& in, std::uint32_t at) {
  const draft_stage& stage = in.stages[at];
  if (in.spec->strategy != restart_strategy::rest_for_one || !is_whole(stage)) return std::nullopt;
  if (stage.type->failed == after_failure::rolls_back) return std::nullopt;
  for (std::uint32_t above = 0; above < in.stages.size(); ++above) {
    const draft_stage& one = in.stages[above];
    if (above == at || !is_whole(one) || !begins_anew(one.spec->on_failure.policy)) continue;
    if (one.type->failed == after_failure::rolls_back || why_not_held(in, above)) continue;
    if (stages_below(in.edges, in.stages.size(), above)[at]) return above;
  }
  return std::nullopt;
}

std::optional<std::string> why_not_retried(const stage_type& type) {
  if (type.failed != after_failure::loses_state) return std::nullopt;
  const auto name = quoted(type.name);
  switch (type.kind) {
    case stage_kind::source:
      return name + " can't go back to where it failed";
    case stage_kind::sink:
      return name + " can't take back what it has written of a chunk";
    case stage_kind::transform:
      break;
  }
  return name + " can't take back what a call that failed has changed in what it keeps";
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

// Whether `lossy_state` lets the stage begin anew with one above, though its own failure ends it.
bool follows_with_loss(const draft& in, std::uint32_t at) {
  const draft_stage& stage = in.stages[at];
  return stage.type->kind == stage_kind::transform &&
         stage.type->failed == after_failure::loses_state &&
         stage.spec->on_failure.policy.restart.lossy_state && leader_of(in, at);
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
  } else if (says_restart && !begins_anew(said.policy) && !follows_with_loss(in, at)) {
    found.warn("no-restart", said.restart_place,
               "'restart' changes nothing where 'on_failure' is neither 'restart' nor 'skip'");
  }
}

void check_retry(const draft_stage& stage, problems& found) {
  const failure_spec& said = stage.spec->on_failure;
  if (!retries(said.policy)) return;
  const auto why = why_not_retried(*stage.type);
  if (!why) return;
  const auto key = found.enter("'retry'");
  if (said.retry_place.file)
    found.add(
        "not-held", said.retry_place,
        fmt::format("{}; leave it out, a temporary cause is then a failure like any other", *why));
  else
    found.warn("not-held", stage.spec->place,
               fmt::format("that of the pipeline does not hold here, as {}; write 'retry: "
                           "{{deadline: 0s}}' to say so",
                           *why));
}

bool any_restarts_run(const draft& in) {
  for (std::uint32_t at = 0; at < in.stages.size(); ++at)
    if (is_whole(in.stages[at]) && restarts_run(in, at)) return true;
  return false;
}

// A run begins again where every source can; what a sink can't take back is told.
void check_beginning_again(const draft& in, std::uint32_t at, problems& found) {
  const draft_stage& stage = in.stages[at];
  const auto why = stage.configured->why_not_again();
  if (!why) return;
  const auto key = found.enter("'strategy'");
  if (stage.type->kind == stage_kind::source)
    found.add("not-held", stage.spec->place,
              fmt::format("'one_for_all' has the run begin again, and {}; it takes 'strategy: "
                          "one_for_one'",
                          *why));
  else
    found.warn("more-than-once", stage.spec->place,
               fmt::format("{}: where 'one_for_all' has the run begin again, records come out more "
                           "than once",
                           *why));
}

void check_strategy(const draft& in, std::uint32_t at, problems& found) {
  if (any_restarts_run(in)) return check_beginning_again(in, at, found);
  const auto leader = leader_of(in, at);
  if (!leader) return;
  const draft_stage& stage = in.stages[at];
  const auto why = why_not_anew(stage);
  if (!why) return;
  const auto key = found.enter("'strategy'");
  const bool may_lose = stage.type->kind == stage_kind::transform &&
                        !stage.spec->on_failure.policy.restart.lossy_state;
  found.add(
      "not-held", stage.spec->place,
      fmt::format("'rest_for_one' has it begin anew with {}, and {}; it takes {}'strategy: "
                  "one_for_one'",
                  quoted(in.stages[*leader].spec->name), *why,
                  may_lose ? "'restart: {lossy_state: true}' where that may be lost, or " : ""));
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

void check_use_of_strategy(const draft& in, problems& found) {
  if (in.spec->strategy == restart_strategy::one_for_one) return;
  const bool is_of_all = in.spec->strategy == restart_strategy::one_for_all;
  if (any_restarts_run(in)) return;
  for (std::uint32_t at = 0; at < in.stages.size() && !is_of_all; ++at)
    if (is_whole(in.stages[at]) && begins_anew(in.stages[at].spec->on_failure.policy)) return;
  const auto key = found.enter("'strategy'");
  found.warn("no-restart", in.spec->strategy_place,
             fmt::format("it changes nothing where no stage has 'on_failure: restart'{}",
                         is_of_all ? "" : " or 'skip'"));
}

}  // namespace

void check_failures(const draft& in, problems& found) {
  check_limits(in.spec->on_failure, found);
  check_use_of_strategy(in, found);
  for (std::uint32_t at = 0; at < in.stages.size(); ++at) {
    const draft_stage& stage = in.stages[at];
    if (!stage.type || !stage.spec->is_complete) continue;
    const auto subject = found.enter(in.subject(at));
    check(in, at, found);
    check_retry(stage, found);
    check_strategy(in, at, found);
    check_limits(stage.spec->on_failure, found);
  }
}

}  // namespace weir
