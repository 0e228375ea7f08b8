#include "runtime/executor/stage_followers.hpp"

#include <algorithm>
#include <utility>

#include "runtime/base/check.hpp"
#include "runtime/flow/planted_defect.hpp"

namespace weir {

stage_followers::follower::follower(const run_environment& run, const plan_node& node,
                                    const plan_follower& of, stage_instance made)
    : stage(run, node, of, std::move(made), of.ports,
            node.outputs[of.first_output + of.ports].has_value(), {}),
      edge(of.above),
      first_output(of.first_output),
      ports(of.ports) {
  for (port_number port = 0; port <= of.ports; ++port)
    leads_out = leads_out || node.outputs[of.first_output + port].has_value();
}

stage_followers::stage_followers(const run_environment& run, const plan_node& node,
                                 std::vector<stage_instance> made, follower_links& links)
    : links_(links), times_(run.time, made.size()) {
  for (std::size_t i = 0; i < made.size(); ++i) {
    WEIR_CHECK(!made[i].blocks, "a stage that may wait was fused with another");
    all_.push_back(std::make_unique<follower>(run, node, node.followers[i], std::move(made[i])));
  }
  lowest_ = all_.size();
}

bool stage_followers::open() {
  for (const auto& one : all_) {
    stage_member& stage = one->stage;
    stage.opened = true;
    auto opened = stage.perform({.kind = call_kind::open}, {});
    for (auto& text : stage.context.take_told())
      links_.tell({run_event::kind::told, std::move(text), stage.about.name});
    if (opened) continue;
    links_.on_failed(stage.failed(call_kind::open, std::move(opened.error()), {}));
    return false;
  }
  return true;
}

stage_closed stage_followers::close() {
  stage_closed first;
  for (const auto& one : all_) {
    if (!one->stage.opened) continue;
    auto closed = one->stage.perform({.kind = call_kind::close}, {});
    if (!closed && !first.failure) first = {std::move(closed.error()), one->stage.about.name};
  }
  return first;
}

stage_settled stage_followers::settle(outcome how) {
  stage_member& last = all_.back()->stage;
  if (!last.opened || !last.is_sink()) return {};
  auto settled = last.perform({.kind = call_kind::settle, .how = how}, {});
  for (auto& text : last.context.take_told())
    links_.tell({run_event::kind::told, std::move(text), last.about.name});
  if (!settled) return {std::move(settled.error()), last.about.name};
  return {};
}

bool stage_followers::has_work(const follower& at) const {
  if (at.over) return false;
  return at.more || at.recovering || !at.above.empty() || (at.above.ended() && !at.finished);
}

// The lowest that has something to do; none: `all_.size()`.
std::size_t stage_followers::lowest() const {
  for (std::size_t at = all_.size(); at-- > 0;)
    if (has_work(*all_[at])) return at;
  return all_.size();
}

void stage_followers::give(edge_item item) {
  all_.front()->above.put(std::move(item));
  if (!pending() && has_work(*all_.front())) lowest_ = 0;
}

void stage_followers::end_input() {
  all_.front()->above.end();
  if (!pending() && has_work(*all_.front())) lowest_ = 0;
}

bool stage_followers::has_room(const follower& at) const {
  for (std::size_t port = 0; port <= at.ports; ++port)
    if (!links_.has_room(at.first_output + port)) return false;
  return true;
}

bool stage_followers::callable() const {
  if (!pending()) return false;
  const follower& at = *all_[lowest_];
  return at.more ? has_room(at) : !at.recovering || !waits_to_begin_anew();
}

bool stage_followers::waits_to_begin_anew() const {
  if (!pending() || !all_[lowest_]->is_again()) return false;
  return all_[lowest_]->stage.recovery->next().kind == call_kind::none;
}

std::optional<time_point> stage_followers::elapsed(time_point now) {
  std::optional<time_point> next;
  for (const auto& one : all_) {
    const auto due = one->recovering ? one->stage.recovery->due() : std::nullopt;
    if (!due) continue;
    if (*due <= now)
      one->stage.elapsed();
    else if (!next || *due < *next)
      next = due;
  }
  return next;
}

bool stage_followers::wants_room(std::size_t output) const {
  if (!pending()) return false;
  const follower& at = *all_[lowest_];
  return at.more && output >= at.first_output && output <= at.first_output + at.ports;
}

stage_call stage_followers::next_call(const follower& at) const {
  if (at.more) return {.kind = call_kind::resume};
  if (at.recovering) return at.stage.recovery->next();
  if (!at.above.empty())
    return {.kind = at.above.front_is_mark() ? call_kind::on_mark : call_kind::process};
  return {.kind = at.stage.is_sink() ? call_kind::flush : call_kind::finish};
}

time_point stage_followers::call() {
  const std::size_t number = lowest_;
  follower& at = *all_[number];
  stage_member& stage = at.stage;
  const stage_call what = next_call(at);
  const bool takes = what.kind == call_kind::process || what.kind == call_kind::on_mark;
  const bool again = at.is_again();
  edge_item item = again ? stage.recovery->take() : takes ? at.above.take() : edge_item{};
  at.more = false;
  if (what.kind == call_kind::open)  // fused stages never wait
    if (auto lost = stage.begin_anew(false, ledger_of(at))) links_.tell(std::move(*lost));
  const bool fused_below = number + 1 < all_.size();
  if (at.leads_out)
    stage.outlet.begin([&](port_number port) {
      return (fused_below && port == 0) || links_.has_room(at.first_output + port);
    });
  else
    stage.outlet.begin([](port_number) { return true; });
  auto given = stage.perform(what, item);
  const time_point looked = times_.returned(number);
  ++stage.figures.calls;
  stage.figures.state = stage.context.account().held();
  if (what.kind == call_kind::process) {
    stage.figures.bytes_in += item.bytes();
    ++stage.figures.chunks_in;
  }
  if (stage.context.has_told())
    for (auto& text : stage.context.take_told())
      links_.tell({run_event::kind::told, std::move(text), stage.about.name});
  if (!is_to_begin_anew(what.kind) && links_.aborted()) {
    stage.ledger.in_hand += item.size();
    give_up(at);
  } else if (again && is_to_begin_anew(what.kind)) {
    has_begun(number, what, std::move(given), looked);
  } else if (!given) {
    failed(number, what, std::move(given.error()), item, looked);
  } else {
    if (again) stage.recovery->done(looked);
    handled(number, what.kind, *given, looked);
  }
  return looked;
}

// A call came to its end, or what it failed on was refused in its place.
void stage_followers::handled(std::size_t number, call_kind kind, answer given, time_point now) {
  follower& at = *all_[number];
  if (at.recovering) {
    at.recovering = at.stage.recovery->active();
    tell_news(at.stage);
  }
  take_outputs(number, kind, now);
  follow(number, kind, given);
  begin_to_follow(at);
  find_lowest(number);
}

void stage_followers::failed(std::size_t number, const stage_call& what, error cause, edge_item& on,
                             time_point now) {
  follower& at = *all_[number];
  stage_member& stage = at.stage;
  using verdict = stage_recovery::verdict;
  const auto found = stage.on_failure(what, cause, on, now);
  if (found == verdict::fail) {
    if (stage.recovery) tell_news(stage);
    stage.ledger.in_hand += on.size();
    give_up(at);
    return links_.on_failed(stage.failed_for_good(what.kind, std::move(cause), on));
  }
  at.recovering = true;
  tell_news(stage);
  if (const auto due = stage.recovery->due()) links_.go_on_at(*due);
  if (found == verdict::again) {
    if (is_planted(planted_defect::failed_call_gives)) take_outputs(number, what.kind, now);
    return;
  }
  stage.outlet.begin([](port_number) { return true; });
  stage.refuse(on, cause);
  handled(number, what.kind, answer::wait, now);
}

// The failed instance is closed, or the one that goes on is ready.
void stage_followers::has_begun(std::size_t number, const stage_call& what, stage_answer given,
                                time_point now) {
  follower& at = *all_[number];
  stage_member& stage = at.stage;
  if (what.kind == call_kind::close) {
    stage.recovery->closed();
    stage.opened = false;
    if (!given) links_.tell(stage.not_closed(given.error()));
  } else if (!given) {
    edge_item none;
    failed(number, what, std::move(given.error()), none, now);
  } else {
    if (stage.has_begun(now)) links_.restarted(stage.about.stage);
    tell_news(stage);
  }
  at.recovering = at.recovering && stage.recovery->active();
  begin_to_follow(at);
  find_lowest(number);
}

void stage_followers::tell_news(stage_member& of) {
  for (auto& news : of.recovery->take_news())
    links_.tell({news.what, std::move(news.text), of.about.name});
}

// What was to be done again will not be.
void stage_followers::give_up(follower& at) {
  if (!at.recovering) return;
  at.recovering = false;
  at.stage.give_up();
  tell_news(at.stage);
}

void stage_followers::follow_from(std::size_t first) {
  for (std::size_t at = first; at < all_.size(); ++at) {
    follower& one = *all_[at];
    one.stage.is_to_follow = one.stage.follows_restarts();
    begin_to_follow(one);
  }
  lowest_ = lowest();
}

void stage_followers::let_go() {
  for (const auto& one : all_) {
    if (!one->recovering || !one->stage.recovery->is_held_back()) continue;
    one->stage.recovery->let_go();
    one->recovering = one->stage.recovery->active();
    begin_to_follow(*one);
  }
  lowest_ = lowest();
}

// Between two calls, with nothing of the last still to come.
void stage_followers::begin_to_follow(follower& at) {
  if (!at.stage.is_to_follow || at.more || at.recovering || at.over) return;
  at.stage.is_to_follow = false;
  at.recovering = true;
  at.stage.recovery->follow();
  tell_news(at.stage);
}

// After a call of that one: below it only the next can have got something to do.
void stage_followers::find_lowest(std::size_t called) {
  const std::size_t next = std::min(called + 1, all_.size() - 1);
  for (std::size_t at = next + 1; at-- > 0;)
    if (has_work(*all_[at])) {
      lowest_ = at;
      return;
    }
  lowest_ = all_.size();
}

// Hands what the last call gave to the stage below, or out of the node; and says where it gave
// nothing, of a stage that holds nothing.
void stage_followers::take_outputs(std::size_t number, call_kind kind, time_point now) {
  follower& at = *all_[number];
  stage_member& stage = at.stage;
  fused_link* below = number + 1 < all_.size() ? &all_[number + 1]->above : nullptr;
  const auto give = [&](port_number port, edge_item item) {
    const std::uint64_t records = item.size();
    if (below != nullptr && port == 0)
      below->put(std::move(item));
    else if (!links_.put(at.first_output + port, std::move(item)))
      stage.figures.unread += records;
  };
  const bool tells_progress = kind == call_kind::process && stage.about.holds_nothing;
  if (stage.outlet.rejected() > 0) take_rejected(stage, kind, now);
  for (auto& [port, item] : stage.outlet.take()) {
    if (port < at.ports) {
      stage.figures.bytes_out += item.bytes();
      if (item.records) ++stage.figures.chunks_out;
    }
    give(port, std::move(item));
  }
  stage.ledger.emitted += stage.outlet.emitted();
  if (!tells_progress) return;
  for (port_number port = 0; port < at.ports; ++port)
    if (!stage.outlet.gave(port)) give(port, {nullptr, {mark::kind::progress}});
}

void stage_followers::take_rejected(stage_member& of, call_kind kind, time_point now) {
  if (auto kept = of.keep_rejected(); !kept)
    links_.on_failed(of.failed(kind, std::move(kept.error()), {}));
  for (auto& text : of.rejections_to_tell(now))
    links_.tell({run_event::kind::rejected, std::move(text), of.about.name});
}

void stage_followers::follow(std::size_t number, call_kind kind, answer given) {
  follower& at = *all_[number];
  if (kind == call_kind::finish || kind == call_kind::flush) at.finished = true;
  at.more = given == answer::more && kind != call_kind::flush;
  // A sink that wants no more still has to flush.
  if (given == answer::end && at.stage.is_sink() && !at.finished) {
    give_up(at);
    at.above.stop();
    at.above.end();
    return stop_above(number);
  }
  if (given == answer::end || (at.finished && !at.more)) end(number);
}

// The stage is at its end, and with it what it reads and what reads it.
void stage_followers::end(std::size_t number) {
  follower& at = *all_[number];
  if (at.over) return;
  give_up(at);
  at.over = true;
  at.more = false;
  at.stage.ledger.finished = at.finished;
  at.above.stop();
  const bool fused_below = number + 1 < all_.size();
  if (fused_below) all_[number + 1]->above.end();
  for (std::size_t port = fused_below ? 1 : 0; port <= at.ports; ++port)
    links_.finish_output(at.first_output + port);
  if (!at.above.ended()) stop_above(number);
}

// Nobody wants what the stage above gives.
void stage_followers::stop_above(std::size_t number) {
  if (number == 0) return links_.stop_head();
  all_[number - 1]->stage.context.request_stop();
  end(number - 1);
}

void stage_followers::stop() {
  for (const auto& one : all_) one->stage.context.request_stop();
  end(all_.size() - 1);
  lowest_ = lowest();
}

void stage_followers::abort() {
  for (const auto& one : all_) {
    one->stage.context.request_stop();
    one->above.stop();
    give_up(*one);
    one->over = true;
    one->more = false;
  }
  lowest_ = all_.size();
}

bool stage_followers::over() const { return all_.back()->over; }

// As of now, between two calls.
stage_ledger stage_followers::ledger_of(const follower& of) {
  stage_ledger ledger = of.stage.ledger;
  ledger.received = of.above.ledger().received;
  if (of.recovering) ledger.in_hand += of.stage.recovery->held();
  return ledger;
}

void stage_followers::tell_status(shell_status& status, bool aborted) const {
  for (std::size_t at = 0; at < all_.size(); ++at) {
    const auto& one = all_[at];
    const stage_member& stage = one->stage;
    const consumer_ledger& link = one->above.ledger();
    stage_ledger ledger = ledger_of(*one);
    // An abort ends edges early: who saw the end of its input did not see all of it.
    if (aborted || stage.gave_up) ledger.finished = false;
    stage_report figures = stage.figures;
    figures.busy = times_.busy(at);
    figures.count(ledger);
    status.followers.push_back({stage.about.stage, std::move(figures), ledger.imbalance()});
    status.calls += stage.figures.calls;
    const edge_count sent{one->above.chunks(), 0};
    status.inputs.push_back(
        {one->edge, link, {0, 0_B}, sent, sent, {}, one->above.stopped(), false});
    producer_ledger above{.sent = link.arrived, .forwarded = link.arrived};
    above.chunks = one->above.chunks();
    status.outputs.push_back({one->edge, above, sent, sent, one->above.stopped(), false});
  }
}

}  // namespace weir
