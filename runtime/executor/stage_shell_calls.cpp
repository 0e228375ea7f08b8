#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <system_error>
#include <utility>

#include "runtime/base/cases.hpp"
#include "runtime/executor/stage_shell.hpp"

// How a shell makes a call and what it does with what came of it.

namespace weir {
namespace {

// What a call counts as at least in the length of a turn: the run's clock may stand still.
constexpr nanoseconds least_call = std::chrono::microseconds(1);

}  // namespace

void stage_shell::start(stage_call next, edge_item item) {
  head().outlet.begin([this](port_number port) {
    return port >= outputs_.size() || !outputs_[port] || outputs_[port]->room();
  });
  if (next.kind == call_kind::open) {
    if (again_)
      if (auto lost = head().begin_anew(blocks_, ledger_now())) tell(std::move(*lost));
    head().opened = true;
  }
  more_ = false;
  woken_ = false;
  waiting_ = false;
  wake_time_.reset();
  calling_ = true;
  last_pull_ = draining_;
  current_ = next;
  item_ = std::move(item);
  call_began_ = now_;
  if (!blocks_) {
    answer_ = head().perform(current_, item_);
    return returned();
  }
  try {
    links_.call_elsewhere([this] { answer_ = head().perform(current_, item_); });
  } catch (const std::system_error& none) {
    // The first call is `open`, so it was never begun.
    head().opened = current_.kind != call_kind::open;
    answer_ = failure("no-thread", fmt::format("the stage may wait and needs a thread of its own, "
                                               "which the system does not give: {}",
                                               none.code().message()));
    returned();
  }
}

void stage_shell::returned() {
  now_ = run_.time.now();
  const auto waited = blocks_ ? head().context.take_waited() : nanoseconds(0);
  const auto took = now_ - call_began_;
  last_step_ = std::max<nanoseconds>(took, least_call);
  head().figures.busy += took - std::min<nanoseconds>(waited, took);
  (inputs_.empty() ? head().figures.starved : head().figures.blocked) += waited;
  state_ = state::idle;
  state_since_ = now_;
  calling_ = false;
  ++head().figures.calls;
  head().figures.state = head().context.account().held();
  stage_answer given = std::move(*answer_);
  answer_.reset();
  std::optional<error> failure;
  if (!given) failure = std::move(given.error());
  if (head().context.has_told())
    for (auto& text : head().context.take_told())
      tell({run_event::kind::told, std::move(text), node_.name});
  const call_kind kind = current_.kind;
  const bool again = std::exchange(again_, false);
  if (again && is_to_begin_anew(kind)) {
    has_begun(std::move(failure));
  } else if (kind == call_kind::open || kind == call_kind::close || kind == call_kind::settle) {
    after_lifecycle_call(std::move(failure));
  } else if (aborted_ || run_.aborting.stop_requested()) {
    // What such a call gave is as if it had never been, and no other is made: if the abort has not
    // come here yet, it will.
    head().ledger.in_hand += item_.size();
    failed_ = true;
  } else if (failure) {
    on_call_failed(std::move(*failure));
  } else {
    if (again) head().recovery->done(now_);
    after(*given);
  }
  current_ = {};
  item_ = {};
}

// Has the stage woken at the time that its call asked for, if it did.
void stage_shell::keep_wake_time() {
  wake_time_ = head().context.take_wake_time();
  if (wake_time_) set_timer();
}

// A timer can't be taken back. One that comes too early sets the next, so that a stage which asks
// for a later time in each call has one under way and not one a call.
void stage_shell::set_timer() {
  if (!timers_.empty() && timers_.back().time <= *wake_time_) return;
  timers_.push_back({*wake_time_, ++last_timer_});
  links_.wake_at(*wake_time_, last_timer_);
}

void stage_shell::after_lifecycle_call(std::optional<error> failure) {
  switch (current_.kind) {
    case call_kind::open:
      if (failure) {
        // What it could not open because it was told to stop is no cause of anything.
        if (!aborted_) on_failed(head().failed(call_kind::open, std::move(*failure), {}));
      } else if (followers_.none() || followers_.open()) {
        keep_wake_time();
        links_.report(stage_opened{});
      }
      break;
    case call_kind::close: {
      stage_closed below = followers_.none() ? stage_closed{} : followers_.close();
      if (failure) below = {std::move(failure), node_.name};
      links_.report(std::move(below));
      break;
    }
    default:
      links_.report(stage_settled{std::move(failure), node_.name});
  }
}

void stage_shell::take_outputs(answer given) {
  if (current_.kind == call_kind::process) {
    head().figures.bytes_in += item_.bytes();
    ++head().figures.chunks_in;
  }
  if (node_.workers > 1) {
    if (inputs_.empty())
      turn_at_hand_ = head().pulled;
    else
      turn_at_hand_.ended = turn_at_hand_.number != 0 && given != answer::more &&
                            !(recovering_ && head().recovery->has_more());
  }
  const bool is_stage = node_.what == plan_node::role::stage;
  const auto rejected = static_cast<port_number>(node_.own_outputs() - 1);
  if (head().outlet.rejected() > 0) take_rejected();
  for (auto& [port, item] : head().outlet.take()) {
    if (node_.what == plan_node::role::dispatch) item.turn = {++turns_given_, true};
    if (item.records && !(is_stage && port == rejected)) {
      head().figures.bytes_out += item.bytes();
      ++head().figures.chunks_out;
    }
    give(port, std::move(item));
  }
  head().ledger.emitted += head().outlet.emitted();
  if (!is_stage || current_.kind != call_kind::process || !node_.holds_nothing) return;
  for (port_number port = 0; port < rejected; ++port)
    if (!head().outlet.gave(port)) give(port, {nullptr, {mark::kind::progress}});
}

void stage_shell::take_rejected() {
  if (auto kept = head().keep_rejected(); !kept)
    on_failed(head().failed(current_.kind, std::move(kept.error()), {}));
  for (auto& text : head().rejections_to_tell(now_))
    tell({run_event::kind::rejected, std::move(text), node_.name});
}

// Hands on what the first stage gave: to the one behind it, or out.
void stage_shell::give(port_number port, edge_item item) {
  const std::uint64_t records = item.size();
  if (port == 0 && !followers_.none())
    followers_.give(std::move(item));
  else if (!put(port, std::move(item)))
    head().figures.unread += records;
}

bool stage_shell::has_room(std::size_t output) const {
  return !outputs_[output] || outputs_[output]->room();
}

bool stage_shell::put(std::size_t port, edge_item item) {
  outbound* output = outputs_[port].get();
  if (output == nullptr) return false;
  if (item.records && !output->stopped()) item.records = compact_if_sparse(item.records);
  if (node_.workers > 1 && turn_at_hand_.number != 0)
    put_in_turn(port, std::move(item));
  else
    output->put(std::move(item));
  return true;
}

void stage_shell::finish_output(std::size_t output) {
  if (!outputs_[output]) return;
  if (node_.workers > 1) release_kept();
  outputs_[output]->finish();
}

// All that a turn gives carries its number, and the last on each output ends it there: so one is
// kept until it is known whether it is the last.
void stage_shell::put_in_turn(std::size_t output, edge_item item) {
  item.turn.number = turn_at_hand_.number;
  auto& kept = kept_[output];
  // A mark of progress adds nothing to the turn's end.
  if (kept && (kept->records || kept->what.what == mark::kind::flush))
    outputs_[output]->put(std::move(*kept));
  kept = std::move(item);
}

// The turn is over: a mark says so where it gave nothing.
void stage_shell::end_turn() {
  for (std::size_t output = 0; output < outputs_.size(); ++output) {
    if (!outputs_[output]) continue;
    auto& kept = kept_[output];
    edge_item last = kept ? std::move(*kept) : edge_item{nullptr, {mark::kind::progress}};
    kept.reset();
    last.turn = {turn_at_hand_.number, true};
    outputs_[output]->put(std::move(last));
  }
  turn_at_hand_ = {};
}

void stage_shell::release_kept() {
  for (std::size_t output = 0; output < kept_.size(); ++output)
    if (auto kept = std::exchange(kept_[output], std::nullopt))
      outputs_[output]->put(std::move(*kept));
}

// Calls the stages behind the first, the lowest that can be called first, until none can, or it has
// taken so long that the shell should hear what else has come.
void stage_shell::call_followers() {
  constexpr nanoseconds turn = std::chrono::milliseconds(1);
  if (followers_.none()) return;
  last_step_ = std::max<nanoseconds>(now_ - call_began_, least_call);
  nanoseconds counted = last_step_;
  followers_.begin_run(now_);
  while (last_step_ < turn && !work_over_ && !failed_ && !outputs_blocked() &&
         followers_.callable()) {
    now_ = followers_.call();
    counted += least_call;
    last_step_ = std::max<nanoseconds>(now_ - call_began_, counted);
  }
  now_ = followers_.end_run();
  last_step_ = std::max<nanoseconds>(now_ - call_began_, counted);
}

// A call came to its end, or what it failed on was refused in its place.
void stage_shell::after(answer given) {
  if (recovering_) {
    recovering_ = head().recovery->active();
    tell_news();
  }
  take_outputs(given);
  follow(given);
  call_followers();
}

void stage_shell::follow(answer given) {
  if (current_.kind == call_kind::finish) input_finished_[current_.port] = true;
  if (current_.kind == call_kind::flush) {
    finished_ = true;
    end_work();
    return;
  }
  const bool stopped = head().context.stopping() && (last_pull_ || nobody_wants_more());
  if (given == answer::end || stopped) {
    // Where nobody wants more, nothing is missing.
    cut_short_ = draining_ && given != answer::end && !nobody_wants_more();
    finished_ = all_inputs_finished();
    end_work();
    return;
  }
  more_ = given == answer::more;
  waiting_ = given == answer::wait;
  keep_wake_time();
  if (inputs_.empty() && waiting_ && !wake_time_ && !head().context.has_waker()) {
    on_failed(head().failed(
        current_.kind, {"bug", "the source answered 'wait' and set neither a time nor a waker", {}},
        item_));
    return;
  }
  const bool is_transform = head().is_transform();
  if (is_transform && all_inputs_finished() && !more_) {
    finished_ = true;
    end_work();
  }
}

bool stage_shell::aborted() {
  failed_ = failed_ || run_.aborting.stop_requested();
  return failed_;
}

void stage_shell::on_failed(stage_failed what) {
  failed_ = true;
  links_.report(std::move(what));
}

}  // namespace weir
