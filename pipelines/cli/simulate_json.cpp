#include "pipelines/cli/report_surroundings.hpp"
#include "pipelines/cli/simulate_report.hpp"
#include "pipelines/inspect/json_writer.hpp"

namespace weir {
namespace {

const char* name_of(fault_plan::call which) {
  switch (which) {
    case fault_plan::call::records:
      return "records";
    case fault_plan::call::mark:
      return "mark";
    case fault_plan::call::resume:
      return "resume";
  }
  return "";
}

double seconds(nanoseconds time) { return std::chrono::duration<double>(time).count(); }

void put_run(json_writer& out, const simulated_result& run, bool with_history) {
  out.begin_object().member("seed", run.seed).member("fault", name_of(run.fault));
  if (!run.stage.empty()) out.member("stage", run.stage);
  if (run.fault == simulated_fault::fail)
    out.member("call", name_of(run.call)).member("temporary", run.temporary);
  out.member("happened", run.happened).member("outcome", name_of(run.outcome));
  if (!run.cause.empty()) out.member("cause", run.cause);
  out.member("cut_off", run.cut_off);
  out.key("sources").begin_array();
  for (const auto& source : run.sources)
    out.begin_object()
        .member("name", source.name)
        .member("given", source.given)
        .member("of", source.records)
        .end_object();
  out.end_array().key("sinks").begin_array();
  for (const auto& sink : run.sinks)
    out.begin_object()
        .member("name", sink.name)
        .member("got", sink.got)
        .member("of", sink.expected)
        .member("repeated", sink.repeated)
        .member("compared", sink.compared)
        .end_object();
  out.end_array()
      .member("restarts", run.restarts)
      .member("retries", run.retries)
      .member("rejected_by_failures", run.refused)
      .member("dropped", run.dropped)
      .member("steps", run.steps)
      .member("seconds", seconds(run.time));
  out.key("findings").begin_array();
  for (const auto& text : run.findings) out.value(text);
  out.end_array();
  if (with_history) {
    out.key("history").begin_array();
    for (const auto& event : run.history) {
      out.begin_object().member("step", event.step).member("seconds", seconds(event.time));
      if (!event.stage.empty()) out.member("stage", event.stage);
      out.member("text", event.text).end_object();
    }
    out.end_array();
  }
  out.end_object();
}

}  // namespace

std::string simulation_json(const told_simulation& what) {
  json_writer out;
  out.begin_object().member("file", what.asked.file).key("samples").begin_array();
  const auto& stages = what.of.pipeline().stages;
  for (const auto& sample : what.of.samples())
    out.begin_object()
        .member("source", stages[sample->stage].name)
        .member("records", sample->records)
        .member("refused", sample->rejected)
        .member("whole", sample->whole)
        .end_object();
  out.end_array().key("runs").begin_array();
  std::size_t found = 0;
  for (const auto& run : what.runs) {
    put_run(out, run, what.asked.seed.has_value());
    if (!run.findings.empty()) ++found;
  }
  out.end_array().member("runs_with_findings", found).end_object();
  return out.take();
}

}  // namespace weir
