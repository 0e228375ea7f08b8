#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <system_error>
#include <utility>

#include "runtime/base/cases.hpp"
#include "runtime/executor/stage_shell.hpp"

// How a shell makes a call and what it does with what came of it.

namespace weir {

const char* stage_shell::name_of(call_kind kind) const {
  switch (kind) {
    case call_kind::none:
      return "";
    case call_kind::open:
      return "open";
    case call_kind::pull:
      return "pull";
    case call_kind::process:
      return std::holds_alternative<std::unique_ptr<sink>>(instance_) ? "consume" : "process";
    case call_kind::resume:
      return "resume";
    case call_kind::on_mark:
      return "on_mark";
    case call_kind::finish:
      return "finish";
    case call_kind::flush:
      return "flush";
    case call_kind::close:
      return "close";
    case call_kind::settle:
      return "settle";
  }
  return "";
}

void stage_shell::start(call next, edge_item item) {
  outlet_->begin([this](port_number port) {
    return port >= outputs_.size() || !outputs_[port] || outputs_[port]->room();
  });
  if (next.kind == call_kind::open) opened_ = true;
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
    answer_ = perform();
    return returned();
  }
  try {
    links_.call_elsewhere([this] { answer_ = perform(); });
  } catch (const std::system_error& none) {
    // The first call is `open`, so it was never begun.
    opened_ = current_.kind != call_kind::open;
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

// The single place where a stage is called, and where an exception becomes a failure.
stage_answer stage_shell::perform() {
  const call& what = current_;
  const auto with_answer = [](result<void> done) -> stage_answer {
    if (!done) return failure(std::move(done.error()));
    return answer::wait;
  };
  const auto perform_on = cases{[&](source& s) -> stage_answer {
                                  switch (what.kind) {
                                    case call_kind::pull: {
                                      auto given = s.pull(*outlet_);
                                      if (node_.workers > 1) turn_at_hand_ = s.turn();
                                      return given;
                                    }
                                    default:
                                      return answer::wait;
                                  }
                                },
                                [&](transform& t) -> stage_answer {
                                  switch (what.kind) {
                                    case call_kind::process:
                                      return t.process(what.port, item_.records, *outlet_);
                                    case call_kind::resume:
                                      return t.resume(*outlet_);
                                    case call_kind::on_mark:
                                      return t.on_mark(what.port, item_.what, *outlet_);
                                    case call_kind::finish:
                                      return t.finish(what.port, *outlet_);
                                    default:
                                      return answer::wait;
                                  }
                                },
                                [&](sink& s) -> stage_answer {
                                  switch (what.kind) {
                                    case call_kind::process:
                                      return s.consume(item_.records, *outlet_);
                                    case call_kind::resume:
                                      return s.resume(*outlet_);
                                    case call_kind::on_mark:
                                      return s.on_mark(item_.what, *outlet_);
                                    case call_kind::flush:
                                      return with_answer(s.flush());
                                    case call_kind::settle:
                                      return with_answer(s.settle(what.how));
                                    default:
                                      return answer::wait;
                                  }
                                }};
  if (unmade_ && what.kind == call_kind::open) return failure(*unmade_);
  try {
    stage_answer given = std::visit(
        [&](const auto& instance) -> stage_answer {
          if (what.kind == call_kind::open) return with_answer(instance->open(*context_));
          if (what.kind == call_kind::close) {
            instance->close();
            return answer::wait;
          }
          return perform_on(*instance);
        },
        instance_);
    if (given && node_.order != input_order::any && what.kind < call_kind::close)
      wanted_ = std::get<std::unique_ptr<transform>>(instance_)->next_input();
    return given;
  } catch (const std::exception& thrown) {
    return failure("exception", fmt::format("the stage threw: {}", thrown.what()));
  } catch (...) {
    return failure("exception", "the stage threw something that is no std::exception");
  }
}

void stage_shell::returned() {
  now_.reset();
  const auto waited = context_->take_waited();
  last_call_ = now() - call_began_;
  figures_.busy += last_call_ - std::min<nanoseconds>(waited, last_call_);
  (inputs_.empty() ? figures_.starved : figures_.blocked) += waited;
  state_ = state::idle;
  state_since_ = now();
  calling_ = false;
  ++figures_.calls;
  figures_.state = context_->account().held();
  stage_answer given = std::move(*answer_);
  answer_.reset();
  std::optional<error> failure;
  if (!given) failure = std::move(given.error());
  for (auto& text : context_->take_told())
    links_.report(stage_event{run_event::kind::told, std::move(text)});
  const call_kind kind = current_.kind;
  if (kind == call_kind::open || kind == call_kind::close || kind == call_kind::settle) {
    after_lifecycle_call(std::move(failure));
  } else if (aborted_ || failure) {
    // What such a call gave is as if it had never been.
    ledger_.in_hand += item_.size();
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
  wake_time_ = context_->take_wake_time();
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
    figures_.bytes_in += item_.bytes();
    ++figures_.chunks_in;
  }
  answered_.assign(outputs_.size(), false);
  if (node_.workers > 1) stamp_outputs(given);
  for (auto& [port, item] : outlet_->take()) {
    answered_[port] = true;
    if (node_.what == plan_node::role::dispatch) item.turn = {++turns_, true};
    put(port, std::move(item));
  }
  ledger_.emitted += outlet_->emitted();
  ledger_.rejected += outlet_->rejected();
  if (node_.what == plan_node::role::stage && !outputs_.back())
    figures_.rejected_unread += outlet_->rejected();
  report_rejections();
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
    figures_.bytes_out += item.bytes();
    ++figures_.chunks_out;
  }
  if (output == nullptr)
    figures_.unread += item.size();
  else
    output->put(std::move(item));
}

// Of a worker all that a turn gives carries its number, and the last on each output ends it there.
void stage_shell::stamp_outputs(answer given) {
  if (!inputs_.empty()) turn_at_hand_.ended = turn_at_hand_.number != 0 && given != answer::more;
  auto outputs = outlet_->take();
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
  const bool stopped = context_->stopping() && (last_pull_ || all_main_outputs_stopped());
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
  if (inputs_.empty() && waiting_ && !wake_time_ && !context_->has_waker()) {
    fail({"bug", "the source answered 'wait' and set neither a time nor a waker", {}});
    return;
  }
  const bool is_transform = std::holds_alternative<std::unique_ptr<transform>>(instance_);
  if (is_transform && all_inputs_finished() && !more_) {
    finished_ = true;
    end_work();
  }
}

void stage_shell::fail(error cause) {
  failed_ = true;
  links_.report(stage_failed{name_of(current_.kind), std::move(cause), place_of_call()});
}

std::string stage_shell::place_of_call() const {
  const auto& records = item_.records;
  if (!records || records->size() == 0) return {};
  const auto place = records->place(records->row_of(0));
  if (!place || !place->input) return {};
  return fmt::format("the chunk that begins at {}:{}", place->input->text, place->line);
}

}  // namespace weir
