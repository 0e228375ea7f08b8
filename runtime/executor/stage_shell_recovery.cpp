#include <utility>

#include "runtime/executor/stage_shell.hpp"
#include "runtime/flow/planted_defect.hpp"

// What a shell does where a call of its first stage failed. Those behind it have the same in
// stage_followers.cpp.

namespace weir {

void stage_shell::on_call_failed(error cause) {
  using verdict = stage_recovery::verdict;
  const stage_call what = current_;
  const auto found = head().on_failure(what, cause, item_, now_);
  if (found == verdict::fail) {
    if (head().recovery) tell_news();
    head().ledger.in_hand += item_.size();
    give_up();
    auto for_good = head().failed_for_good(what.kind, std::move(cause), item_);
    return head().isolates ? isolate(std::move(for_good)) : on_failed(std::move(for_good));
  }
  recovering_ = true;
  tell_news();
  (void)head().context.take_wake_time();  // asked for by a call that did not come to its end
  if (const auto due = head().recovery->due()) go_on_at(*due);
  if (found == verdict::again) {
    if (is_planted(planted_defect::failed_call_gives)) take_outputs(answer::wait);
    return end_if_unwanted();
  }
  head().outlet.begin([](port_number) { return true; });
  head().refuse(item_, cause);
  after(answer::wait);
}

// The failed instance is closed, or the one that goes on is ready.
void stage_shell::has_begun(std::optional<error> failure) {
  if (current_.kind == call_kind::close) {
    head().opened = false;
    if (failure) tell(head().not_closed(*failure));
    if (recovering_) head().recovery->closed();
  } else if (!recovering_) {
    return;  // aborted or stopped meanwhile
  } else if (failure) {
    on_call_failed(std::move(*failure));
  } else {
    if (head().has_begun(now_)) restarted(node_.stage);
    recovering_ = head().recovery->active();
    tell_news();
  }
  end_if_unwanted();
}

// Whether anybody wants more is looked at behind each call; one that failed has no end of its own.
void stage_shell::end_if_unwanted() {
  if (!head_over_ && !failed_ && head().context.stopping() && nobody_wants_more()) end_work();
}

// A stage above was restarted, and these begin anew with it. Where it is seen does not matter: they
// keep nothing that a result depends on, or the file says that it may be lost.
void stage_shell::follow_from(std::size_t first) {
  if (!running_ || aborted_) return;
  if (first == 0) head().is_to_follow = head().follows_restarts();
  if (!followers_.none()) followers_.follow_from(first == 0 ? 0 : first - 1);
}

// All below hear of the restart before anything that comes of it.
void stage_shell::let_go() {
  if (recovering_ && head().recovery->is_held_back()) {
    head().recovery->let_go();
    recovering_ = head().recovery->active();
    end_if_unwanted();
  } else if (!followers_.none()) {
    followers_.let_go();
  }
}

// Between two calls, with nothing of the last still to come.
void stage_shell::begin_to_follow() {
  if (!head().is_to_follow || calling_ || more_ || recovering_ || head_over_ || failed_) return;
  head().is_to_follow = false;
  recovering_ = true;
  head().recovery->follow();
  tell_news();
}

// The end may come before the supervisor's word. Whoever took it for the end of the input would
// make something of a part: an aggregate its groups. The same is true of what was cut off; but
// where something else leads here as well, that goes on.
void stage_shell::on_ended(edge_ending how) {
  if (how == edge_ending::aborted) return abort_all();
  if (how == edge_ending::whole || head_over_) return;
  partial_ = true;
  if (how == edge_ending::cut && ++inputs_cut_off_ == inputs_.size()) cut_off();
}

void stage_shell::isolate(stage_failed why) {
  links_.report(stage_isolated{std::move(why)});
  cut_off();
}

// Aborts this stage alone. Those that write to it are told that it wants no more; those that read
// from it, by the end of their edges.
void stage_shell::cut_off() {
  if (aborted_) return;
  cut_ = true;
  stop_inputs();
  abort_all();
}

edge_ending stage_shell::ending() const {
  if (aborted_) return cut_ ? edge_ending::cut : edge_ending::aborted;
  return partial_ ? edge_ending::partial : edge_ending::whole;
}

void stage_shell::tell_news() {
  for (auto& news : head().recovery->take_news())
    tell({news.what, std::move(news.text), head().about.name});
}

// Several may wait, each until a time of its own: one that failed, and one behind it that could not
// begin anew with another above both. The timer is for the first.
void stage_shell::go_on_at(time_point time) {
  if (recovery_timer_ && recovery_timer_->time <= time) return;
  recovery_timer_ = timer{time, ++last_timer_};
  if (!is_planted(planted_defect::timer_lost)) links_.wake_at(time, last_timer_);
}

// The time of the first has come, or the timer came early.
void stage_shell::go_on() {
  const time_point now = run_.time.now();
  if (const auto next = followers_.elapsed(now)) go_on_at(*next);
  const auto due = recovering_ ? head().recovery->due() : std::nullopt;
  if (!due) return;
  if (*due <= now)
    head().elapsed();
  else
    go_on_at(*due);
}

// What was to be done again will not be.
void stage_shell::give_up() {
  if (!std::exchange(recovering_, false)) return;
  head().give_up();
  tell_news();
}

bool stage_shell::waits_to_begin_anew() const {
  if (!followers_.none() && followers_.pending()) return followers_.waits_to_begin_anew();
  return is_again() && head().recovery->next().kind == call_kind::none;
}

}  // namespace weir
