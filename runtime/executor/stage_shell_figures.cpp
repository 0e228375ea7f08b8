#include <fmt/format.h>

#include <algorithm>

#include "runtime/executor/stage_shell.hpp"

// What a shell counts and tells of itself.

namespace weir {

// The account is shared by all stages, and a line of memory that several threads write costs as
// much as a hop: changes by less than a thousandth of the memory there is, or 64 KiB, wait for
// others.
void stage_shell::settle_accounts() {
  const std::uint64_t small = std::min<std::uint64_t>(64 << 10, run_.budget.most().bytes >> 10);
  std::uint64_t bytes = 0;
  for (const auto& input : inputs_) bytes += input.queued_bytes();
  for (const auto* output : read_outputs_) bytes += output->parked_bytes();
  const std::uint64_t change = bytes > accounted_ ? bytes - accounted_ : accounted_ - bytes;
  if (change == 0 || change < small) return;
  run_.budget.add(static_cast<std::int64_t>(bytes) - static_cast<std::int64_t>(accounted_));
  accounted_ = bytes;
}

stage_shell::state stage_shell::current_state() const {
  if (!running_ || work_over_ || calling_) return state::idle;
  if (ready()) return state::ready;
  if (waits_to_begin_anew()) return state::idle;
  const bool below = !followers_.none() && followers_.pending();
  return below || outputs_blocked() ? state::blocked : state::starved;
}

void stage_shell::note_state() {
  const state next = current_state();
  if (next == state_) return;
  if (state_ == state::starved) head().figures.starved += now_ - state_since_;
  if (state_ == state::blocked) head().figures.blocked += now_ - state_since_;
  state_ = next;
  state_since_ = now_;
}

// Whether one of the stages behind the first waits for room there.
bool stage_shell::a_follower_waits_for(std::size_t output) const {
  return !followers_.none() && followers_.wants_room(output) && !has_room(output);
}

stage_wait stage_shell::waiting() const {
  using kind = stage_wait::kind;
  if (calling_) return {kind::running, {}, false};
  if (work_over_ && done_told_) return {kind::done, {}, false};
  if (!running_ || failed_) return {kind::ready, {}, false};
  stage_wait wait;
  wait.since = state_since_;
  for (std::size_t port = 0; port < outputs_.size(); ++port)
    if (outputs_[port] && (keeps_waiting(*outputs_[port]) || a_follower_waits_for(port)))
      wait.edges.push_back(*node_.outputs[port]);
  if (!wait.edges.empty()) {
    wait.what = kind::blocked;
    return wait;
  }
  if (work_over_) return {kind::timed, {}, false};
  if (ready()) return {kind::ready, {}, false};
  if (waits_to_begin_anew()) return {kind::timed, {}, false};
  if (wake_time_ || inputs_.empty()) return {kind::timed, {}, false};
  wait.what = kind::starved;
  wait.may_be_woken = head().context.has_waker();
  const auto wanted = wanted_input();
  wait.any = !wanted;
  // With a chunk that must wait its turn, only what has nothing is waited for.
  const auto waited_for = [&](port_number port) {
    return wanted ? port == *wanted : !input_finished_[port] && inputs_[port].empty();
  };
  for (port_number port = 0; port < inputs_.size(); ++port)
    if (waited_for(port)) wait.edges.push_back(node_.inputs[port]);
  return wait;
}

// Of the first stage, as of now.
stage_ledger stage_shell::ledger_now() const {
  stage_ledger ledger = head().ledger;
  for (const auto& input : inputs_) ledger.received += input.ledger().received;
  if (calling_) ledger.in_hand += item_.size();
  if (recovering_) ledger.in_hand += head().recovery->held();
  return ledger;
}

shell_status stage_shell::status() const {
  shell_status status;
  status.calls = head().figures.calls;
  status.calling = calling_;
  status.call = head().name_of(current_.kind);
  status.wait = waiting();
  status.figures = head().figures;
  if (state_ == state::starved) status.figures.starved += now_ - state_since_;
  if (state_ == state::blocked) status.figures.blocked += now_ - state_since_;
  stage_ledger ledger = ledger_now();
  // An abort ends edges early: who saw the end of its input did not see all of it. Nor did who had
  // enough with a part of a chunk.
  if (aborted_ || head().gave_up) ledger.finished = false;
  for (std::size_t i = 0; i < inputs_.size(); ++i) {
    const inbound& input = inputs_[i];
    status.inputs.push_back({node_.inputs[i], input.ledger(), input.credit().capacity(),
                             input.credit().arrived(), input.credit().granted(), input.queued(),
                             input.stopped(), input.ended()});
  }
  for (std::size_t port = 0; port < outputs_.size(); ++port) {
    if (!outputs_[port]) continue;
    const outbound& output = *outputs_[port];
    status.outputs.push_back({*node_.outputs[port], output.ledger(), output.credit().sent(),
                              output.credit().limit(), output.stopped(), output.ended()});
  }
  status.figures.count(ledger);
  status.imbalance = ledger.imbalance();
  if (!followers_.none()) followers_.tell_status(status, aborted_);
  return status;
}

}  // namespace weir
