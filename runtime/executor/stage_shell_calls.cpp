#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <system_error>
#include <utility>

#include "runtime/base/cases.hpp"
#include "runtime/executor/stage_shell.hpp"

// How a shell makes a call and what it does with what came of it.

namespace weir {

void stage_shell::start(stage_call next, edge_item item) {
  head().outlet.begin([this](port_number port) {
    return port >= outputs_.size() || !outputs_[port] || outputs_[port]->room();
  });
  if (next.kind == call_kind::open) head().opened = true;
  more_ = false;
  woken_ = false;
  waiting_ = false;
  wake_time_.reset();
  calling_ = true;
  last_pull_ = draining_;
  current_ = next;
  item_ = std::move(item);
  call_began_ = now();
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

void stage_shell::on_call_returned() noexcept {
  returned();
  pump();
}

void stage_shell::returned() {
  now_.reset();
  const auto waited = head().context->take_waited();
  last_call_ = now() - call_began_;
  head().figures.busy += last_call_ - std::min<nanoseconds>(waited, last_call_);
  (inputs_.empty() ? head().figures.starved : head().figures.blocked) += waited;
  state_ = state::idle;
  state_since_ = now();
  calling_ = false;
  ++head().figures.calls;
  head().figures.state = head().context->account().held();
  stage_answer given = std::move(*answer_);
  answer_.reset();
  std::optional<error> failure;
  if (!given) failure = std::move(given.error());
  for (auto& text : head().context->take_told())
    links_.report(stage_event{run_event::kind::told, std::move(text)});
  const call_kind kind = current_.kind;
  if (kind == call_kind::open || kind == call_kind::close || kind == call_kind::settle) {
    after_lifecycle_call(std::move(failure));
  } else if (aborted_ || failure) {
    // What such a call gave is as if it had never been.
    head().ledger.in_hand += item_.size();
    if (!aborted_) fail(std::move(*failure));
  } else {
    take_outputs(*given);
    follow(*given);
  }
  current_ = {};
  item_ = {};
}

// Has the stage woken at the time that its call asked for, if it did.
void stage_shell::keep_wake_time() {
  wake_time_ = head().context->take_wake_time();
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
        if (!aborted_) fail(std::move(*failure));
      } else {
        keep_wake_time();
        links_.report(stage_opened{});
      }
      break;
    case call_kind::close:
      links_.report(stage_closed{std::move(failure)});
      break;
    default:
      links_.report(stage_settled{std::move(failure)});
  }
}

void stage_shell::take_outputs(answer given) {
  if (current_.kind == call_kind::process) {
    head().figures.bytes_in += item_.bytes();
    ++head().figures.chunks_in;
  }
  answered_.assign(outputs_.size(), false);
  if (node_.workers > 1) stamp_outputs(given);
  for (auto& [port, item] : head().outlet.take()) {
    answered_[port] = true;
    if (node_.what == plan_node::role::dispatch) item.turn = {++turns_, true};
    put(port, std::move(item));
  }
  head().ledger.emitted += head().outlet.emitted();
  head().ledger.rejected += head().outlet.rejected();
  if (node_.what == plan_node::role::stage && !outputs_.back())
    head().figures.rejected_unread += head().outlet.rejected();
  for (auto& text : head().rejections_to_tell(now()))
    links_.report(stage_event{run_event::kind::rejected, std::move(text)});
  tell_progress();
}

// What a call did not give is told where somebody waits for it: of a worker, that its turn is over;
// of a stage that holds nothing, that the chunk left nothing.
void stage_shell::tell_progress() {
  if (node_.what != plan_node::role::stage) return;
  const bool is_worker = node_.workers > 1;
  if (is_worker ? !turn_at_hand_.ended
                : current_.kind != call_kind::process || !node_.holds_nothing)
    return;
  const std::size_t ports = outputs_.size() - (is_worker ? 0 : 1);
  for (std::size_t port = 0; port < ports; ++port)
    if (outputs_[port] && !answered_[port])
      outputs_[port]->put({nullptr, {mark::kind::progress}, turn_at_hand_});
  if (is_worker) turn_at_hand_ = {};
}

void stage_shell::put(port_number port, edge_item item) {
  const bool is_rejected = node_.what == plan_node::role::stage && port + 1 == outputs_.size();
  outbound* output = outputs_[port].get();
  if (item.records && output != nullptr && !output->stopped())
    item.records = compact_if_sparse(item.records);
  if (item.records && !is_rejected) {
    head().figures.bytes_out += item.bytes();
    ++head().figures.chunks_out;
  }
  if (output == nullptr)
    head().figures.unread += item.size();
  else
    output->put(std::move(item));
}

// Of a worker all that a turn gives carries its number, and the last on each output ends it there.
void stage_shell::stamp_outputs(answer given) {
  if (inputs_.empty())
    turn_at_hand_ = head().pulled;
  else
    turn_at_hand_.ended = turn_at_hand_.number != 0 && given != answer::more;
  auto outputs = head().outlet.take();
  for (auto& one : outputs) one.item.turn.number = turn_at_hand_.number;
  if (!turn_at_hand_.ended) return;
  std::vector<bool> last_seen(outputs_.size());
  for (auto one = outputs.rbegin(); one != outputs.rend(); ++one) {
    if (last_seen[one->port]) continue;
    one->item.turn.ended = last_seen[one->port] = true;
  }
}

void stage_shell::follow(answer given) {
  if (current_.kind == call_kind::finish) input_finished_[current_.port] = true;
  if (current_.kind == call_kind::flush) {
    finished_ = true;
    end_work();
    return;
  }
  const bool stopped = head().context->stopping() && (last_pull_ || all_main_outputs_stopped());
  if (given == answer::end || stopped) {
    // Where nobody wants more, nothing is missing.
    cut_short_ = draining_ && given != answer::end && !all_main_outputs_stopped();
    finished_ = all_inputs_finished();
    end_work();
    return;
  }
  more_ = given == answer::more;
  waiting_ = given == answer::wait;
  keep_wake_time();
  if (inputs_.empty() && waiting_ && !wake_time_ && !head().context->has_waker()) {
    fail({"bug", "the source answered 'wait' and set neither a time nor a waker", {}});
    return;
  }
  const bool is_transform = head().is_transform();
  if (is_transform && all_inputs_finished() && !more_) {
    finished_ = true;
    end_work();
  }
}

void stage_shell::fail(error cause) {
  failed_ = true;
  links_.report(stage_failed{head().name_of(current_.kind), std::move(cause), place_of_call()});
}

std::string stage_shell::place_of_call() const {
  const auto& records = item_.records;
  if (!records || records->size() == 0) return {};
  const auto place = records->place(records->row_of(0));
  if (!place || !place->input) return {};
  return fmt::format("the chunk that begins at {}:{}", place->input->text, place->line);
}

}  // namespace weir
