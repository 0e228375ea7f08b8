#include "runtime/executor/supervisor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "runtime/base/cases.hpp"
#include "runtime/base/duration.hpp"
#include "runtime/supervision/restart_policy.hpp"

namespace weir {

supervisor::supervisor(const run_environment& run, const run_options& options,
                       supervisor_links& links)
    : run_(run), options_(options), links_(links) {
  const std::size_t nodes = run.planned.nodes.size();
  awaited_.resize(nodes, true);
  finished_.resize(nodes);
  done_.resize(nodes);
  left_behind_.resize(nodes);
  statuses_.resize(nodes);
  before_.resize(nodes);
}

void supervisor::start() {
  began_ = run_.time.now();
  event(run_event::kind::started, {}, fmt::format("pipeline '{}' started", run_.planned.what.name));
  if (run_.attempt.wait == nanoseconds(0)) open_all();
}

void supervisor::open_all() {
  phase_ = phase::opening;
  if (awaited_.empty()) return enter(phase::ended);
  for (std::uint32_t node = 0; node < awaited_.size(); ++node) links_.command(node, open_stage{});
}

void supervisor::receive(std::uint32_t node, shell_report report) {
  if (left_behind_[node] || ended()) return;
  std::visit(
      cases{
          [&](stage_opened) {
            if (phase_ == phase::opening && !aborting_) step_done(node);
          },
          [&](stage_failed& failed) { on_failed(node, std::move(failed)); },
          [&](stage_isolated& isolated) { on_isolated(std::move(isolated.why)); },
          [&](stage_restarted restarted) { on_restarted(node, restarted.stage); },
          [&](stage_done done) {
            done_[node] = done;
            cut_short_ = cut_short_ || done.cut_short;
            // A source that is drained while others are still being opened is early.
            finished_[node] = true;
            if (phase_ == phase::running) step_done(node);
          },
          [&](stage_closed& closed) {
            if (closed.failure)
              on_failed(node, {"close", std::move(*closed.failure), {}, std::move(closed.stage)});
            step_done(node);
          },
          [&](stage_settled& settled) {
            if (settled.failure)
              on_failed(node,
                        {"settle", std::move(*settled.failure), {}, std::move(settled.stage)});
            step_done(node);
          },
          [&](stage_event& told) { event(told.what, std::move(told.stage), std::move(told.text)); },
          [&](shell_status& status) { on_status(node, std::move(status)); }},
      report);
}

void supervisor::on_failed(std::uint32_t node, stage_failed failed) {
  if (failed.stage.empty()) failed.stage = run_.planned.nodes[node].name;
  if (failed.cause.code == "memory-exceeded")
    if (const auto held = holders(); !held.empty())
      failed.history.push_back(fmt::format("held at the last look: {}", held));
  fail({std::move(failed.stage), std::move(failed.call), std::move(failed.cause),
        std::move(failed.where), std::move(failed.history)});
}

// The rest goes on, so that each cause counts.
void supervisor::on_isolated(stage_failed why) {
  if (aborting_) return;
  event(run_event::kind::isolated, why.stage, fmt::format("cut off: {}", why.cause.text));
  isolated_.push_back({std::move(why.stage), std::move(why.call), std::move(why.cause),
                       std::move(why.where), std::move(why.history)});
}

// Of each node below, the first stage that is to begin anew with it leads those behind. The stage
// itself goes on when all were told, so that each begins anew before it takes what comes of that.
void supervisor::on_restarted(std::uint32_t restarted, std::uint32_t stage) {
  if (aborting_ || phase_ != phase::running) return;
  const graph& of = run_.planned.what;
  const auto below = stages_below(of.edges, of.stages.size(), stage);
  const auto follows = [&](const plan_member& member) {
    return !member.prepares && below[member.stage] && of.stages[member.stage].follows_restarts;
  };
  for (std::uint32_t node = 0; node < awaited_.size(); ++node) {
    const plan_node& about = run_.planned.nodes[node];
    if (about.what != plan_node::role::stage) continue;
    std::size_t first = follows(about) ? 0 : 1;
    while (first > 0 && first <= about.followers.size() && !follows(about.followers[first - 1]))
      ++first;
    if (first <= about.followers.size()) links_.command(node, follow_restart{first});
  }
  links_.command(restarted, restart_followed{});
}

bool supervisor::any_sink_left() const {
  for (std::uint32_t node = 0; node < done_.size(); ++node)
    if (is_sink(run_.planned.nodes[node]) && !done_[node].cut) return true;
  return false;
}

// What a sink's output is, at the end.
outcome supervisor::outcome_for(std::uint32_t node) const {
  if (failure_ || abort_asked_ || done_[node].cut) return outcome::failed;
  return cut_short_ || done_[node].partial ? outcome::partial : outcome::complete;
}

// Only the first cause is kept: what fails after it fails because of it.
void supervisor::fail(stage_failure failure) {
  if (failure_) return;
  event(run_event::kind::failed, failure.stage, failure.cause.text);
  failure_ = std::move(failure);
  abort_all();
}

void supervisor::abort_all() {
  if (aborting_ || phase_ > phase::running) return;
  aborting_ = true;
  run_.aborting.request_stop();
  // From here on each is asked for its end, opened or not.
  phase_ = phase::running;
  for (std::size_t node = 0; node < awaited_.size(); ++node) awaited_[node] = !finished_[node];
  hurry();
  for (std::uint32_t node = 0; node < awaited_.size(); ++node) links_.command(node, abort_stage{});
  if (all_answered()) enter(phase::counting);
}

// From now on each phase has an end of its own, whoever answers.
void supervisor::hurry() {
  hurried_ = true;
  deadline_ = run_.time.now() + options_.grace;
}

void supervisor::drain() {
  if (drain_asked_ || aborting_ || ended()) return;
  drain_asked_ = true;
  // Nothing is in flight, and what was there before is discarded: it stays at what ended that.
  if (phase_ == phase::waiting) return fail(run_.attempt.after.value());
  if (phase_ > phase::running) return hurry();
  const auto budget = run_.planned.what.drain_budget;
  event(run_event::kind::draining, {},
        fmt::format("draining: sources end, what is in flight has {}", to_text(budget)));
  deadline_ = run_.time.now() + budget;
  for (std::uint32_t node = 0; node < awaited_.size(); ++node) links_.command(node, drain_stage{});
}

void supervisor::abort() {
  if (abort_asked_ || ended()) return;
  if (phase_ > phase::running) {
    // All was handled: what is left is to close, and that is not discarded.
    if (!hurried_) hurry();
    return;
  }
  abort_asked_ = true;
  event(run_event::kind::aborted, {}, "aborted: what is in flight is discarded");
  abort_all();
}

bool supervisor::is_sink(const plan_node& node) const {
  const std::uint32_t last = node.followers.empty() ? node.stage : node.followers.back().stage;
  return node.what == plan_node::role::stage &&
         run_.planned.what.stages[last].type->kind == stage_kind::sink;
}

bool supervisor::all_answered() const {
  return std::find(awaited_.begin(), awaited_.end(), true) == awaited_.end();
}

// One stage has done what the phase asks of each.
void supervisor::step_done(std::uint32_t node) {
  awaited_[node] = false;
  if (!all_answered()) return;
  switch (phase_) {
    case phase::opening:
      return enter(phase::running);
    case phase::running:
      return enter(phase::counting);
    case phase::closing:
      return enter(phase::settling);
    case phase::settling:
      return enter(phase::ended);
    case phase::waiting:
    case phase::counting:
    case phase::ended:
      return;
  }
}

void supervisor::enter(phase next) {
  phase_ = next;
  const auto ask_all = [this](const auto& what) {
    for (std::uint32_t node = 0; node < awaited_.size(); ++node)
      awaited_[node] = !left_behind_[node];
    // Nobody is in a hurry unless the run was asked to end: a large file may take its time to reach
    // the disk.
    deadline_.reset();
    if (hurried_ || drain_asked_) hurry();
    for (std::uint32_t node = 0; node < awaited_.size(); ++node)
      if (!left_behind_[node]) links_.command(node, what(node));
  };
  switch (next) {
    case phase::waiting:
    case phase::opening:
      break;
    case phase::running:
      for (std::size_t node = 0; node < awaited_.size(); ++node) awaited_[node] = !finished_[node];
      await_sources();
      // Sinks first, so that nothing is sent before its reader is there.
      for (auto node = static_cast<std::uint32_t>(awaited_.size()); node-- > 0;)
        links_.command(node, go{});
      if (!drain_asked_) break;
      for (std::uint32_t node = 0; node < awaited_.size(); ++node)
        links_.command(node, drain_stage{});
      // Nobody may be left to end: a source that nobody reads and that was drained early.
      if (all_answered()) return enter(phase::counting);
      break;
    case phase::counting:
      // Nobody is in a call, so all answer: the last figures are not to be missed.
      deadline_.reset();
      probe();
      break;
    case phase::closing:
      // Nothing is left that went on.
      if (!isolated_.empty() && !any_sink_left()) fail(isolated_.front());
      ask_all([](std::uint32_t) { return close_stage{}; });
      break;
    case phase::settling:
      ask_all([this](std::uint32_t node) { return settle_stage{outcome_for(node)}; });
      break;
    case phase::ended:
      took_ = run_.time.now() - began_;
      event(run_event::kind::ended, {}, fmt::format("ended after {}", to_text(took_)));
      return;
  }
  const bool nobody_left = next >= phase::closing && all_answered();
  if (nobody_left) enter(next == phase::closing ? phase::settling : phase::ended);
}

// The grace is over: whoever has not answered is left behind, and the rest goes on.
void supervisor::leave_behind() {
  for (std::uint32_t node = 0; node < awaited_.size(); ++node) {
    // While the run is aborted, one in a call keeps its neighbours from their ends as well.
    // One that gives no answer to the last look is in a call on the thread that should give it.
    const bool silent = phase_ <= phase::running && statuses_[node].round != round_;
    const bool in_call = phase_ > phase::running || statuses_[node].calling || silent;
    const bool missing = awaited_[node];
    awaited_[node] = false;
    if (!missing || !in_call) continue;
    left_behind_[node] = true;
    // One that has not come back from an earlier call has not begun this one.
    if (statuses_[node].calling) continue;
    statuses_[node].call = silent ? "" : phase_ == phase::closing ? "close" : "settle";
  }
  for (std::uint32_t node = 0; node < awaited_.size(); ++node) {
    // What a sink wrote may not be where it belongs.
    const plan_node& about = run_.planned.nodes[node];
    if (!left_behind_[node] || abort_asked_ || !is_sink(about)) continue;
    const auto text = fmt::format("the call did not return within {}", to_text(options_.grace));
    fail({about.name, statuses_[node].call, {"unfinished", text, {}}, {}});
  }
  enter(phase_ <= phase::counting  ? phase::closing
        : phase_ == phase::closing ? phase::settling
                                   : phase::ended);
}

void supervisor::tick() {
  if (ended()) return;
  if (phase_ == phase::waiting) {
    if (run_.time.now() - began_ >= run_.attempt.wait) open_all();
    return;
  }
  if (deadline_ && run_.time.now() >= *deadline_) return run_out();
  if (phase_ == phase::running && !aborting_) look_for_overdue();
  // One round at a time, or a stage whose calls take long would keep the others' stalls unseen.
  if (phase_ <= phase::running && statuses_missing_ == 0) probe();
}

// A call that takes too long fails when it returns, and then its policy counts. One whose failure
// ends the run anyway is not waited for, nor is one that takes the grace beside.
void supervisor::look_for_overdue() {
  for (const auto& watch : run_.watches->all()) {
    const auto late = watch->look();
    if (!late) continue;
    const auto text = fmt::format("'{}' has not returned for {}, and 'max_duration' allows {}",
                                  late->call, wait_text(late->took), to_text(watch->most()));
    const bool may_return = watch->policy() != failure_action::fail &&
                            watch->policy() != failure_action::restart_run &&
                            late->took <= watch->most() + options_.grace;
    if (!may_return)
      return fail({watch->stage(), late->call, {"max-duration", text, {}}, late->where, {}});
    if (late->is_news)
      event(run_event::kind::told, watch->stage(),
            late->where.empty() ? text : fmt::format("{}; it is at {}", text, late->where));
  }
}

// The deadline has passed.
void supervisor::run_out() {
  deadline_.reset();
  if (phase_ <= phase::running && !aborting_) {
    const auto budget = to_text(run_.planned.what.drain_budget);
    const auto text =
        fmt::format("what was in flight was not handled within {}; it was discarded", budget);
    return fail({{}, "drain", {"drain-exceeded", text, {}}, {}});
  }
  if (phase_ > phase::running || last_look_) return leave_behind();
  // Who is to be left behind shows a last look at all: its answers end the phase, or, if one is in
  // a call in the very thread that should answer, the next deadline.
  last_look_ = true;
  deadline_ = run_.time.now() + options_.grace;
  probe();
}

void supervisor::probe() {
  ++round_;
  probed_at_ = run_.time.now();
  statuses_missing_ = statuses_.size();
  for (std::uint32_t node = 0; node < awaited_.size(); ++node)
    links_.command(node, probe_stage{round_});
}

void supervisor::on_status(std::uint32_t node, shell_status status) {
  if (status.round != round_) return;
  before_[node] = std::exchange(statuses_[node], std::move(status));
  hear_sources(node);
  if (--statuses_missing_ > 0) return;
  if (phase_ == phase::counting) {
    enter(phase::closing);
  } else if (phase_ == phase::running && last_look_) {
    leave_behind();
  } else if (phase_ == phase::running && !aborting_) {
    look_for_stall();
  }
}

void supervisor::event(run_event::kind what, std::string stage, std::string text) noexcept {
  if (options_.on_event)
    options_.on_event({what, run_.time.wall(), std::move(stage), std::move(text)});
}

}  // namespace weir
