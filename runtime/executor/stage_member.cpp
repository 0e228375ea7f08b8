#include "runtime/executor/stage_member.hpp"

#include <fmt/format.h>

#include <utility>

#include "runtime/base/duration.hpp"
#include "runtime/base/random.hpp"
#include "runtime/base/text.hpp"
#include "runtime/executor/thrown_error.hpp"
#include "runtime/flow/planted_defect.hpp"
#include "runtime/stage/stage_access.hpp"
#include "runtime/supervision/restart_policy.hpp"

namespace weir {
namespace {

// A seed of the stage's own, the same in every run with the run's seed.
std::uint64_t seed_for(std::uint64_t seed, const std::string& name) {
  for (const char c : name) seed = random_source(seed + static_cast<unsigned char>(c)).next();
  return seed;
}

stage_answer with_answer(result<void> done) {
  if (!done) return failure(std::move(done.error()));
  return answer::wait;
}

stage_answer call_on(source& of, const stage_call& what, const edge_item&, outlet& out) {
  return what.kind == call_kind::pull ? of.pull(out) : answer::wait;
}

stage_answer call_on(transform& of, const stage_call& what, const edge_item& item, outlet& out) {
  switch (what.kind) {
    case call_kind::process:
      return of.process(what.port, item.records, out);
    case call_kind::resume:
      return of.resume(out);
    case call_kind::on_mark:
      return of.on_mark(what.port, item.what, out);
    case call_kind::finish:
      return of.finish(what.port, out);
    default:
      return answer::wait;
  }
}

stage_answer call_on(sink& of, const stage_call& what, const edge_item& item, outlet& out) {
  switch (what.kind) {
    case call_kind::process:
      return of.consume(item.records, out);
    case call_kind::resume:
      return of.resume(out);
    case call_kind::on_mark:
      return of.on_mark(item.what, out);
    case call_kind::flush:
      return with_answer(of.flush());
    case call_kind::roll_back:
      if (is_planted(planted_defect::no_roll_back)) return answer::wait;
      return with_answer(of.roll_back());
    case call_kind::settle:
      return with_answer(of.settle(what.how));
    default:
      return answer::wait;
  }
}

}  // namespace

stage_member::stage_member(const run_environment& run, const plan_node& node, const plan_member& of,
                           stage_instance made, port_number ports, bool rejected_read,
                           std::weak_ptr<wake_target> wake)
    : about(of),
      instance(std::move(made.what)),
      unmade(std::move(made.unmade)),
      context(run.time, run.budget, seed_for(run.seed + node.worker, of.name), of.demand, of.known,
              std::move(wake), run.aborting.get_token(), run.temporary_folder),
      outlet(of.name, ports, rejected_read || run.planned.what.keeper, run.time),
      ports_(ports),
      rejected_read_(rejected_read),
      keeper_(run.planned.what.keeper.get()) {
  if (made.blocks)
    if (auto allowed = context.allow_wait(); !allowed) unmade = std::move(allowed.error());
  if (auto* t = std::get_if<std::unique_ptr<transform>>(&instance))
    stage_access::set_ports(**t, static_cast<port_number>(of.known.size()), ports);
  ledger.kind = of.ledger;
  figures.name = of.name;
  if (node.what != plan_node::role::stage || of.prepares) return;
  stage_ = &run.planned.what.stages[of.stage];
  if (stage_->max_duration) {
    watch_ = std::make_shared<call_watch>(of.name, stage_->on_failure.action, *stage_->max_duration,
                                          run.time);
    run.watches->add(watch_);
    context.watch(watch_);
  }
  const graph& all = run.planned.what;
  const auto below = stages_below(all.edges, all.stages.size(), of.stage);
  for (std::size_t at = 0; at < below.size(); ++at)
    is_followed = is_followed || (below[at] && all.stages[at].follows_restarts);
  isolates = stage_->on_failure.action == failure_action::isolate;
  if (begins_anew(stage_->on_failure) || retries(stage_->on_failure) || stage_->follows_restarts)
    recovery =
        std::make_unique<stage_recovery>(stage_->on_failure, stage_->type->failed,
                                         seed_for(run.seed + node.worker, of.name + " again"));
}

stage_recovery::verdict stage_member::on_failure(const stage_call& what, const error& cause,
                                                 edge_item& on, time_point now) {
  if (!recovery) return stage_recovery::verdict::fail;
  return recovery->failed({what, name_of(what.kind), cause, place_of(on)}, on, now);
}

void stage_member::give_up() {
  const std::uint64_t records = recovery->drop();
  ledger.in_hand += records;
  gave_up = gave_up || records > 0;
}

void stage_member::elapsed() {
  recovery->elapsed();
  if (recovery->is_retry()) ++figures.retries;
}

bool stage_member::has_begun(time_point now) {
  const bool follows = recovery->follows();
  recovery->ready_again(now);
  if (recovery->is_retry()) return false;
  ++figures.restarts;
  if (follows || !is_followed || stage_->type->failed == after_failure::rolls_back) return false;
  recovery->hold_back();
  return true;
}

stage_event stage_member::not_closed(const error& why) const {
  return {run_event::kind::told,
          fmt::format("the instance that failed could not be closed: {}", why.text), about.name};
}

std::optional<stage_event> stage_member::begin_anew(bool has_thread, const stage_ledger& now) {
  opened = true;
  auto made = make_again(*stage_);
  instance = std::move(made.what);
  unmade = std::move(made.unmade);
  if (made.blocks && !has_thread)
    unmade = {"would-wait", "the stage now may wait, and has no thread of its own", {}};
  if (auto* t = std::get_if<std::unique_ptr<transform>>(&instance))
    stage_access::set_ports(**t, static_cast<port_number>(about.known.size()), ports_);
  // Nothing of what the last instance held is left. A stage that tells so can't exceed anything.
  (void)context.account().hold({});
  wanted = 0;
  // A stage that says that it keeps nothing is held to it.
  const std::uint64_t lost = stage_->type->failed == after_failure::loses_state ? now.kept() : 0;
  if (lost == 0) return std::nullopt;
  ledger.lost += lost;
  return stage_event{
      run_event::kind::told,
      fmt::format("{} record{} that the instance before had kept back {} lost, as "
                  "'lossy_state' allows",
                  with_thousands(lost), lost == 1 ? "" : "s", lost == 1 ? "is" : "are"),
      about.name};
}

void stage_member::refuse(const edge_item& what, const error& cause) {
  if (!what.records) {
    for (port_number port = 0; port < ports_; ++port) outlet.pass(port, what.what);
    return;
  }
  if (is_planted(planted_defect::culprit_passes) && ports_ > 0) return outlet.emit(0, what.records);
  const std::string reason =
      what.size() == 1 ? fmt::format("the stage failed on it: {}", cause.text)
                       : fmt::format("the stage failed on {} records that it was one of: {}",
                                     what.size(), cause.text);
  what.records->each_row(
      [&](std::uint32_t row) { outlet.reject(*what.records, row, cause.code, reason); });
}

result<void> stage_member::keep_rejected() {
  ledger.rejected += outlet.rejected();
  if (rejected_read_) return {};
  figures.rejected_unread += outlet.rejected();
  const auto records = outlet.take_rejected();
  return records ? keeper_->keep(*records) : result<void>();
}

stage_failed stage_member::failed(call_kind in, error cause, const edge_item& on) const {
  return {name_of(in), std::move(cause), place_of(on), about.name, {}};
}

stage_failed stage_member::failed_for_good(call_kind in, error cause, const edge_item& on) const {
  if (!recovery) return failed(in, std::move(cause), on);
  const past_failure& first = recovery->cause();
  return {first.call, first.cause, first.where, about.name, recovery->history()};
}

std::string place_of(const edge_item& item) {
  if (!item.records || item.records->size() == 0) return {};
  const auto place = item.records->place(item.records->row_of(0));
  if (!place || !place->input) return {};
  return fmt::format("the chunk that begins at {}:{}", place->input->text, place->line);
}

const char* stage_member::name_of(call_kind kind) const {
  switch (kind) {
    case call_kind::none:
      return "";
    case call_kind::open:
      return "open";
    case call_kind::pull:
      return "pull";
    case call_kind::process:
      return is_sink() ? "consume" : "process";
    case call_kind::resume:
      return "resume";
    case call_kind::on_mark:
      return "on_mark";
    case call_kind::finish:
      return "finish";
    case call_kind::flush:
      return "flush";
    case call_kind::roll_back:
      return "roll_back";
    case call_kind::close:
      return "close";
    case call_kind::settle:
      return "settle";
    case call_kind::below:
      return "";
  }
  return "";
}

stage_answer stage_member::perform(const stage_call& what, const edge_item& item) {
  if (unmade && what.kind == call_kind::open) return failure(*unmade);
  try {
    return watch_ && is_work(what.kind) ? perform_watched(what, item) : perform_any(what, item);
  } catch (...) {
    return failure(thrown_error());
  }
}

stage_answer stage_member::perform_watched(const stage_call& what, const edge_item& item) {
  watch_->begin(name_of(what.kind), item);
  auto given = perform_any(what, item);
  const auto took = watch_->end();
  if (!took || !given) return given;
  return failure("max-duration", fmt::format("the call took {}, and 'max_duration' allows {}",
                                             wait_text(*took), to_text(watch_->most())));
}

stage_answer stage_member::perform_any(const stage_call& what, const edge_item& item) {
  if (what.kind == call_kind::close) {
    std::visit([](const auto& of) { of->close(); }, instance);
    return answer::wait;
  }
  auto given = std::visit(
      [&](const auto& of) {
        return what.kind == call_kind::open ? with_answer(of->open(context))
                                            : call_on(*of, what, item, outlet);
      },
      instance);
  if (const auto* chooses = std::get_if<std::unique_ptr<transform>>(&instance))
    wanted = (*chooses)->next_input();
  else if (const auto* from = std::get_if<std::unique_ptr<source>>(&instance))
    pulled = (*from)->turn();
  return given;
}

std::vector<std::string> stage_member::rejections_to_tell(time_point now) {
  constexpr auto interval = std::chrono::seconds(10);
  std::vector<std::string> texts;
  for (const auto& [code, reason] : outlet.reasons()) {
    told_rejections& known = rejections_[code];
    const bool first = known.count == 0;
    known.count += reason.count;
    if (!first && now - known.told_at < interval) continue;
    texts.push_back(first ? fmt::format("record rejected: {}", reason.example)
                          : fmt::format("{} more records rejected ({}), the last: {}",
                                        known.count - known.told, code, reason.example));
    known.told = known.count;
    known.told_at = now;
  }
  return texts;
}

}  // namespace weir
