#include "runtime/executor/stage_recovery.hpp"

#include <fmt/format.h>

#include <bit>
#include <utility>

#include "runtime/base/duration.hpp"
#include "runtime/flow/planted_defect.hpp"

namespace weir {
namespace {

// About as many calls as it takes to find 32 records alone: what still fails then is refused in
// pieces.
std::uint64_t failed_calls_most(std::uint64_t records) {
  return 32 * static_cast<std::uint64_t>(std::bit_width(records));
}

std::string where_text(const std::string& where) { return where.empty() ? "" : ", at " + where; }

}  // namespace

stage_recovery::verdict stage_recovery::failed(const failed_call& of, edge_item& on,
                                               time_point now) {
  follows_ = false;
  if (retry(of, on, now)) return verdict::again;
  return answer(of, cause_of(of, now), on, now);
}

void stage_recovery::follow() {
  follows_ = true;
  news_.push_back({run_event::kind::restarting, "begins anew, as a stage above it did"});
  begin_anew(std::nullopt);
}

bool stage_recovery::may_retry(const failed_call& of) const {
  if (!retries(policy_) || !of.cause.temporary || series_spent_) return false;
  if (kind_ == after_failure::loses_state) return false;
  switch (of.what.kind) {
    case call_kind::process:
    case call_kind::on_mark:
    case call_kind::finish:
    case call_kind::flush:
    case call_kind::roll_back:
      return true;
    default:
      return false;
  }
}

// Has the call made again after a wait; false: that is not to be, or no longer.
bool stage_recovery::retry(const failed_call& of, edge_item& on, time_point now) {
  if (!may_retry(of)) return false;
  const bool begins = !series_;
  if (begins) {
    series_.emplace(past_failure{now, of.name, of.cause, of.where});
    is_first_failure_ = step_ == step::none;
  }
  const auto wait = series_->failed(policy_.retry, now, random_.fraction());
  if (!wait) return false;
  if (begins)
    news_.push_back({run_event::kind::retrying,
                     fmt::format("'{}' can't be done for now: {}{}; it is tried again in {}, and "
                                 "so on for {} at most",
                                 of.name, of.cause.text, where_text(of.where), wait_text(*wait),
                                 to_text(policy_.retry.deadline))});
  // What a call that can't be undone yet was on is here already.
  if (step_ != step::begin) {
    call_ = of.what;
    pieces_.push_back(std::move(on));
  }
  due_ = now + *wait;
  step_ = step::wait;
  return true;
}

// What the policy is asked about: behind attempts that did not help, the cause of the first.
past_failure stage_recovery::cause_of(const failed_call& of, time_point now) {
  if (!is_retry()) return {now, of.name, of.cause, of.where};
  series_spent_ = true;
  past_failure first = series_->first();
  news_.push_back(
      {run_event::kind::retried, fmt::format("'{}' was {} and is not done: {}", first.call,
                                             series_->told(now), of.cause.text)});
  first.at = now;
  first.tried = series_->told(now);
  if (of.cause.text != first.cause.text)
    first.tried += fmt::format(", at last: '{}' failed: {}", of.name, of.cause.text);
  return first;
}

// Tells that the call was done at last.
void stage_recovery::end_series(time_point now) {
  if (is_retry())
    news_.push_back(
        {run_event::kind::retried,
         fmt::format("'{}' was {} and is done", series_->first().call, series_->told(now))});
  if (series_spent_) return;
  series_.reset();
  is_first_failure_ = false;
}

// By the policy.
stage_recovery::verdict stage_recovery::answer(const failed_call& of, past_failure cause,
                                               edge_item& on, time_point now) {
  const bool begins = step_ == step::begin;
  const bool was_again = step_ == step::redo && !is_first_failure_;
  is_first_failure_ = false;
  if (!weir::begins_anew(policy_)) {
    (void)history_.failed(cause, 0);
    cause_ = std::move(cause);
    return verdict::fail;
  }
  if (begins || of.what.kind == call_kind::finish || of.what.kind == call_kind::flush)
    return try_again(of, std::move(cause), on, now);
  if (of.what.kind != call_kind::process && of.what.kind != call_kind::on_mark) {
    why_not_ = of.what.kind == call_kind::pull
                   ? "a source can't go back to what it failed on"
                   : "what the stage gave before can't be taken back, so that it is not restarted";
    (void)history_.failed(cause, 0);
    cause_ = std::move(cause);
    return verdict::fail;
  }
  if (was_again && of.what.kind == call_kind::process && may_cut()) return cut(on);
  if (policy_.action == failure_action::skip) {
    begin_anew(std::nullopt);
    if (pieces_.empty()) finish();
    return verdict::refuse;
  }
  return try_again(of, std::move(cause), on, now);
}

// After a wait, unless it was too often.
stage_recovery::verdict stage_recovery::try_again(const failed_call& of, past_failure cause,
                                                  edge_item& on, time_point now) {
  const auto text =
      fmt::format("'{}' failed: {}{}", cause.call, cause.cause.text, where_text(cause.where));
  const auto wait = history_.failed(std::move(cause), random_.fraction());
  if (!wait) {
    cause_ = history_.recent().front();
    return verdict::fail;
  }
  news_.push_back({run_event::kind::restarting,
                   fmt::format("{}; it begins anew in {}, restart {} of at most {} in {}", text,
                               wait_text(*wait), history_.recent().size(), policy_.restart.most,
                               to_text(policy_.restart.within))});
  // A new instance that could not be opened leaves what is to be done as it is.
  if (step_ != step::begin) {
    call_ = of.what;
    where_ = of.where;
    records_ = on.size();
    if (is_planted(planted_defect::retry_forgets) && on.records) on.records = empty_chunk();
    pieces_.push_back(std::move(on));
  }
  begin_anew(now + *wait);
  return verdict::again;
}

stage_recovery::verdict stage_recovery::cut(edge_item& on) {
  is_cut_ = true;
  ++failed_calls_;
  begin_anew(std::nullopt);
  const auto count = static_cast<std::uint32_t>(on.size());
  if (count == 1 || failed_calls_ > failed_calls_most(records_)) {
    refused_ += count;
    if (pieces_.empty()) finish();
    return verdict::refuse;
  }
  edge_item behind = on;
  behind.records = slice(on.records, count / 2, count - count / 2);
  on.records = slice(on.records, 0, count / 2);
  pieces_.push_back(std::move(behind));
  pieces_.push_back(std::move(on));
  return verdict::again;
}

// Has the stage begin anew, not before `at`.
void stage_recovery::begin_anew(std::optional<time_point> at) {
  due_ = at;
  if (kind_ != after_failure::rolls_back)
    step_ = step::close;
  else
    step_ = due_ ? step::wait : step::begin;
}

stage_call stage_recovery::next() const {
  switch (step_) {
    case step::none:
    case step::wait:
    case step::held_back:
      break;
    case step::close:
      return {.kind = call_kind::close};
    case step::begin:
      return {.kind = kind_ == after_failure::rolls_back ? call_kind::roll_back : call_kind::open};
    case step::redo:
      return call_;
  }
  return {};
}

edge_item stage_recovery::take() {
  if (step_ != step::redo) return {};
  edge_item piece = std::move(pieces_.back());
  pieces_.pop_back();
  return piece;
}

void stage_recovery::closed() { step_ = due_ ? step::wait : step::begin; }

void stage_recovery::elapsed() {
  due_.reset();
  if (step_ != step::wait) return;
  if (is_retry()) series_->attempt();
  const bool is_ready = is_retry() && kind_ != after_failure::rolls_back;
  step_ = is_ready ? step::redo : step::begin;
}

void stage_recovery::ready_again(time_point now) {
  // A call that could not be undone was one of the policy's.
  if (is_retry() && series_->first().call == "roll_back") end_series(now);
  follows_ = false;
  let_go();
}

void stage_recovery::done(time_point now) {
  end_series(now);
  if (!pieces_.empty()) return;
  step_ = step::none;
  finish();
}

// All that was at hand when the stage failed has been handled.
void stage_recovery::finish() {
  if (std::exchange(is_cut_, false)) {
    const auto chunk = where_.empty() ? fmt::format("a chunk of {} records", records_)
                                      : fmt::format("{}, of {} records,", where_, records_);
    news_.push_back(
        {run_event::kind::cut,
         refused_ == 0
             ? fmt::format("{} failed again and was cut: none of its parts fails by itself", chunk)
             : fmt::format("{} failed again and was cut: {} of them rejected, after {} calls "
                           "that failed; the others went on",
                           chunk, refused_, failed_calls_)});
  }
  series_.reset();
  series_spent_ = false;
  refused_ = failed_calls_ = 0;
}

std::uint64_t stage_recovery::held() const {
  std::uint64_t records = 0;
  for (const auto& piece : pieces_) records += piece.size();
  return records;
}

std::uint64_t stage_recovery::drop() {
  const std::uint64_t records = held();
  if (is_retry())
    news_.push_back({run_event::kind::retried,
                     fmt::format("'{}' is not tried again, as the run ends or nobody wants more",
                                 series_->first().call)});
  series_.reset();
  pieces_.clear();
  due_.reset();
  step_ = step::none;
  return records;
}

std::vector<std::string> stage_recovery::history() const {
  if (!weir::begins_anew(policy_) && cause_->tried.empty()) return {};
  auto lines = history_.told();
  if (why_not_) lines.push_back(*why_not_);
  return lines;
}

}  // namespace weir
