#include "pipelines/cli/report_json.hpp"

#include <fmt/chrono.h>

#include "pipelines/cli/bottleneck.hpp"
#include "pipelines/inspect/json_writer.hpp"
#include "runtime/observe/stall_mermaid.hpp"

namespace weir {
namespace {

const char* name_of(run_event::kind kind) {
  switch (kind) {
    case run_event::kind::started:
      return "started";
    case run_event::kind::rejected:
      return "rejected";
    case run_event::kind::widened:
      return "widened";
    case run_event::kind::restarting:
      return "restarting";
    case run_event::kind::retrying:
      return "retrying";
    case run_event::kind::retried:
      return "retried";
    case run_event::kind::cut:
      return "cut";
    case run_event::kind::isolated:
      return "isolated";
    case run_event::kind::silent:
      return "silent";
    case run_event::kind::told:
      return "told";
    case run_event::kind::draining:
      return "draining";
    case run_event::kind::failed:
      return "failed";
    case run_event::kind::aborted:
      return "aborted";
    case run_event::kind::ended:
      return "ended";
  }
  return "";
}

const char* name_of(bottleneck::kind kind) {
  switch (kind) {
    case bottleneck::kind::none:
      return "none";
    case bottleneck::kind::stage:
      return "stage";
    case bottleneck::kind::threads:
      return "threads";
    case bottleneck::kind::input:
      return "input";
    case bottleneck::kind::output:
      return "output";
  }
  return "";
}

// `2026-03-01T12:00:00.250Z`
std::string utc_text(wall_time at) {
  const auto since = std::chrono::floor<std::chrono::milliseconds>(at.time_since_epoch());
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since);
  return fmt::format("{:%FT%T}.{:03}Z", fmt::gmtime(static_cast<std::time_t>(seconds.count())),
                     (since - seconds).count());
}

template <class List, class Write>
void write_list(json_writer& out, std::string_view key, const List& list, const Write& write) {
  out.key(key).begin_array();
  for (const auto& item : list) write(item);
  out.end_array();
}

std::string place_of(const std::string& stage, const report_surroundings& around) {
  const auto found = around.stage_places.find(stage);
  return found == around.stage_places.end() ? std::string() : found->second;
}

void write_failure(json_writer& out, const stage_failure& failure,
                   const report_surroundings& around) {
  out.begin_object();
  out.text_or_null("stage", failure.stage);
  out.text_or_null("place", place_of(failure.stage, around));
  out.text_or_null("call", failure.call);
  out.member("code", failure.cause.code);
  out.member("text", failure.cause.text);
  out.text_or_null("detail", failure.cause.detail);
  out.text_or_null("where", failure.where);
  write_list(out, "history", failure.history, [&](const auto& line) { out.value(line); });
  out.end_object();
}

void write_stalled_stage(json_writer& out, const stalled_stage& s,
                         const report_surroundings& around) {
  out.begin_object().member("name", s.name);
  out.text_or_null("part", s.part);
  out.text_or_null("place", s.part.empty() ? place_of(s.name, around) : std::string());
  out.key("worker");
  if (s.worker > 0)
    out.value(s.worker);
  else
    out.null();
  write_list(out, "runs_with", s.runs_with, [&](const auto& name) { out.value(name); });
  out.member("in_cycle", s.in_cycle).member("waits_for", s.wants_room ? "room" : "input");
  out.member("of", s.any ? "any" : "each");
  write_list(out, "edges", s.edges, [&](std::size_t edge) { out.value(edge); });
  out.member("waited_ns", s.waited.count()).end_object();
}

// A stage's `edges` are numbers in the list of edges, from 0; so are an edge's ends in that of the
// stages.
void write_stall(json_writer& out, const stall_report& stall, const report_surroundings& around) {
  const auto end_of = [&](std::string_view key, const std::optional<std::size_t>& stage) {
    out.key(key);
    if (stage)
      out.value(*stage);
    else
      out.null();
  };
  out.begin_object();
  write_list(out, "stages", stall.stages,
             [&](const auto& s) { write_stalled_stage(out, s, around); });
  write_list(out, "edges", stall.edges, [&](const stalled_edge& e) {
    out.begin_object().member("from", e.from).member("to", e.to);
    end_of("producer", e.producer);
    end_of("consumer", e.consumer);
    out.member("queued_chunks", e.queued.chunks).member("queued_bytes", e.queued.bytes);
    out.member("credit_chunks", e.credit.chunks).member("credit_bytes", e.credit.bytes.bytes);
    out.end_object();
  });
  out.member("mermaid", stall_mermaid(stall)).end_object();
}

void write_stage(json_writer& out, const stage_report& s, const report_surroundings& around) {
  out.begin_object().member("name", s.name).member("type", s.type);
  out.text_or_null("place", place_of(s.name, around));
  out.member("received", s.received).member("sent", s.sent()).member("passed", s.passed);
  out.member("created", s.created).member("filtered", s.filtered).member("absorbed", s.absorbed);
  out.member("rejected", s.rejected).member("rejected_unread", s.rejected_unread);
  out.member("unread", s.unread).member("held", s.held);
  out.member("bytes_in", s.bytes_in).member("bytes_out", s.bytes_out);
  out.member("chunks_in", s.chunks_in).member("chunks_out", s.chunks_out);
  out.member("calls", s.calls).member("restarts", s.restarts).member("retries", s.retries);
  out.member("busy_ns", s.busy.count());
  out.member("starved_ns", s.starved.count()).member("blocked_ns", s.blocked.count());
  out.member("state_bytes", s.state.bytes).end_object();
}

void write_edge(json_writer& out, const edge_report& e) {
  out.begin_object().member("from", e.from).member("to", e.to).member("sent", e.sent);
  out.member("received", e.received).member("dropped", e.dropped);
  out.member("discarded", e.discarded).member("queued", e.queued).member("chunks", e.chunks);
  out.member("credit_chunks", e.credit_chunks).member("balances", e.balances()).end_object();
}

void write_event(json_writer& out, const run_event& event) {
  out.begin_object();
  out.member("at", utc_text(event.at));
  out.member("event", name_of(event.what));
  out.text_or_null("stage", event.stage);
  out.member("text", event.text).end_object();
}

// As `weir check --format json` has it.
void write_problem(json_writer& out, const problem& p) {
  out.begin_object().member("code", p.code);
  out.member("severity", p.severity == problem::level::error ? "error" : "warning");
  out.member("file", p.place.file ? *p.place.file : std::string());
  out.member("line", p.place.line).member("column", p.place.column);
  out.member("message", p.text).end_object();
}

void write_dead_letters(json_writer& out, const report_surroundings& around) {
  out.key("dead_letters");
  if (!around.dead_letters) {
    out.null();
    return;
  }
  const told_dead_letters& letters = *around.dead_letters;
  out.begin_object().member("file", letters.path).member("kept", letters.kept);
  out.member("lost", letters.lost).end_object();
}

void write_bottleneck(json_writer& out, const run_report& run) {
  const auto found = find_bottleneck(run);
  out.key("bottleneck").begin_object().member("kind", name_of(found.what));
  out.text_or_null("stage", found.stage);
  out.member("share", found.share).end_object();
}

}  // namespace

std::string report_json(const run_report& run, const report_surroundings& around) {
  json_writer out;
  out.begin_object().member("pipeline", run.pipeline).member("outcome", name_of(run.outcome));
  out.member("exit_code", around.exit_code);
  out.key("failure");
  if (run.failure)
    write_failure(out, *run.failure, around);
  else
    out.null();
  out.key("stall");
  if (run.stall)
    write_stall(out, *run.stall, around);
  else
    out.null();
  write_list(out, "isolated", run.isolated, [&](const auto& f) { write_failure(out, f, around); });
  out.member("executor", run.executor).member("threads", run.threads);
  out.member("wall_ns", run.wall.count()).member("memory_peak_bytes", run.memory_peak.bytes);
  out.member("resident_peak_bytes", around.resident_peak.bytes);
  out.member("restarts", run.restarts);
  out.member("rejected_unread", run.rejected_unread());
  write_dead_letters(out, around);
  write_bottleneck(out, run);
  write_list(out, "problems", around.problems, [&](const auto& p) { write_problem(out, p); });
  write_list(out, "imbalances", run.imbalances, [&](const auto& line) { out.value(line); });
  write_list(out, "unfinished", run.unfinished, [&](const auto& left) {
    out.begin_object().member("stage", left.stage).member("call", left.call).end_object();
  });
  write_list(out, "stages", run.stages, [&](const auto& s) { write_stage(out, s, around); });
  write_list(out, "edges", run.edges, [&](const auto& e) { write_edge(out, e); });
  write_list(out, "events", around.events, [&](const auto& e) { write_event(out, e); });
  return out.end_object().take();
}

std::string report_json_of_no_run(const std::vector<problem>& problems, int exit_code) {
  json_writer out;
  out.begin_object().member("outcome", "not-started").member("exit_code", exit_code);
  write_list(out, "problems", problems, [&](const auto& p) { write_problem(out, p); });
  return out.end_object().take();
}

}  // namespace weir
