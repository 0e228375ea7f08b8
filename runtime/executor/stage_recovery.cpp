#include "runtime/executor/stage_recovery.hpp"

#include <fmt/format.h>

#include <bit>
#include <utility>

#include "runtime/base/duration.hpp"

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
  const bool begins = step_ == step::begin;
  if (begins || of.what.kind == call_kind::finish || of.what.kind == call_kind::flush)
    return try_again(of, on, now);
  if (of.what.kind != call_kind::process && of.what.kind != call_kind::on_mark) {
    why_not_ = of.what.kind == call_kind::pull
                   ? "a source can't go back to what it failed on"
                   : "what the stage gave before can't be taken back, so that it is not restarted";
    (void)history_.failed({now, of.name, of.cause, of.where}, 0);
    return verdict::fail;
  }
  const bool was_again = step_ == step::redo;
  if (was_again && of.what.kind == call_kind::process && may_cut()) return cut(on);
  if (policy_.action == failure_action::skip) {
    begin_anew(std::nullopt);
    return verdict::refuse;
  }
  return try_again(of, on, now);
}

// After a wait, unless it was too often.
stage_recovery::verdict stage_recovery::try_again(const failed_call& of, edge_item& on,
                                                  time_point now) {
  const auto wait = history_.failed({now, of.name, of.cause, of.where}, random_.fraction());
  if (!wait) return verdict::fail;
  news_ = {
      run_event::kind::restarting,
      fmt::format("'{}' failed: {}{}; it begins anew in {}, restart {} of at most {} in {}",
                  of.name, of.cause.text, where_text(of.where), wait_text(*wait),
                  history_.recent().size(), policy_.restart.most, to_text(policy_.restart.within))};
  // A new instance that could not be opened leaves what is to be done as it is.
  if (step_ != step::begin) {
    call_ = of.what;
    where_ = of.where;
    records_ = on.size();
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
  if (step_ == step::wait) step_ = step::begin;
}

void stage_recovery::ready_again() { step_ = pieces_.empty() ? step::none : step::redo; }

void stage_recovery::done() {
  if (!pieces_.empty()) return;
  step_ = step::none;
  finish();
}

// All that was at hand when the stage failed has been handled.
void stage_recovery::finish() {
  if (std::exchange(is_cut_, false)) {
    const auto chunk = where_.empty() ? fmt::format("a chunk of {} records", records_)
                                      : fmt::format("{}, of {} records,", where_, records_);
    news_ = {
        run_event::kind::cut,
        refused_ == 0
            ? fmt::format("{} failed again and was cut: none of its parts fails by itself", chunk)
            : fmt::format("{} failed again and was cut: {} of them rejected, after {} calls "
                          "that failed; the others went on",
                          chunk, refused_, failed_calls_)};
  }
  refused_ = failed_calls_ = 0;
}

std::uint64_t stage_recovery::held() const {
  std::uint64_t records = 0;
  for (const auto& piece : pieces_) records += piece.size();
  return records;
}

std::uint64_t stage_recovery::drop() {
  const std::uint64_t records = held();
  pieces_.clear();
  due_.reset();
  step_ = step::none;
  return records;
}

std::optional<stage_recovery::news> stage_recovery::take_news() {
  return std::exchange(news_, std::nullopt);
}

std::vector<std::string> stage_recovery::history() const {
  auto lines = history_.told();
  if (why_not_) lines.push_back(*why_not_);
  return lines;
}

}  // namespace weir
