#include <fmt/format.h>

#include "runtime/base/duration.hpp"
#include "runtime/data/time_text.hpp"
#include "runtime/executor/supervisor.hpp"

// How a supervisor hears that a source gives nothing.

namespace weir {

void supervisor::await_sources() {
  const auto& stages = run_.planned.what.stages;
  for (std::uint32_t i = 0; i < stages.size(); ++i)
    if (stages[i].timeout)
      awaited_sources_.push_back({i, source_silence(*stages[i].timeout, run_.time.now())});
}

// All workers of the source have answered the last look. A look that only some have answered says
// nothing: what others gave meanwhile is not in it.
bool supervisor::all_have_answered(std::uint32_t stage) const {
  for (std::size_t node = 0; node < statuses_.size(); ++node)
    if (is_worker_of(node, stage) && statuses_[node].round != round_) return false;
  return true;
}

bool supervisor::is_worker_of(std::size_t node, std::uint32_t stage) const {
  const plan_node& about = run_.planned.nodes[node];
  return about.what == plan_node::role::stage && about.stage == stage;
}

// What keeps a source from giving more, as its workers tell: one that has no room speaks for all.
source_silence::cause supervisor::cause_of_silence(std::uint32_t stage) const {
  auto why = source_silence::cause::itself;
  for (std::size_t node = 0; node < statuses_.size(); ++node) {
    if (!is_worker_of(node, stage)) continue;
    const auto wait = statuses_[node].wait.what;
    if (wait == stage_wait::kind::blocked) return source_silence::cause::room;
    if (wait == stage_wait::kind::ready) why = source_silence::cause::turn;
  }
  return why;
}

// A node has answered.
void supervisor::hear_sources(std::uint32_t node) {
  if (phase_ != phase::running || aborting_ || drain_asked_) return;
  for (auto& source : awaited_sources_) {
    if (!is_worker_of(node, source.stage) || !all_have_answered(source.stage)) continue;
    std::uint64_t given = 0;
    bool has_ended = true;
    for (std::size_t worker = 0; worker < statuses_.size(); ++worker) {
      if (!is_worker_of(worker, source.stage)) continue;
      const shell_status& status = statuses_[worker];
      given += status.figures.chunks_out + status.figures.rejected;
      has_ended = has_ended && status.wait.what == stage_wait::kind::done;
    }
    source.silence.look(given, cause_of_silence(source.stage), probed_at_, run_.time.now());
    if (!has_ended) tell_silence(source);
  }
}

void supervisor::tell_silence(awaited_source& source) {
  const auto since = source.silence.take_news();
  if (!since) return;
  const wall_time then = run_.time.wall() - (run_.time.now() - *since);
  event(run_event::kind::silent, run_.planned.what.stages[source.stage].name,
        fmt::format("it has given nothing since {}, for longer than its 'timeout: {}'",
                    timestamp_text(then.time_since_epoch().count()),
                    to_text(source.silence.timeout())));
}

}  // namespace weir
