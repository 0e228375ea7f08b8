#include "pipelines/inspect/explanation.hpp"
#include "pipelines/inspect/json_writer.hpp"
#include "pipelines/inspect/stage_words.hpp"

namespace weir {
namespace {

template <class Names>
void write_names(json_writer& out, std::string_view key, const Names& names) {
  out.key(key).begin_array();
  for (const auto& name : names) out.value(name);
  out.end_array();
}

void write_columns(json_writer& out, std::string_view key, const column_set& set) {
  out.key(key).begin_object().member("all", set.all);
  write_names(out, "columns", set.names);
  write_names(out, "but", set.but);
  write_names(out, "text_formats", set.text_formats);
  out.end_object();
}

void write_credit(json_writer& out, const std::optional<credit_limits>& credit) {
  out.key("credit");
  if (!credit) {
    out.null();
    return;
  }
  out.begin_object().member("chunks", credit->chunks).member("bytes", credit->bytes.bytes);
  out.end_object();
}

void write_stage(json_writer& out, const explained_stage& stage) {
  out.begin_object().member("name", stage.name).member("type", stage.type);
  out.member("kind", name_of(stage.kind)).member("workers", stage.workers);
  out.member("ordered", stage.ordered).text_or_null("runs_in", stage.runs_in);
  out.text_or_null("prepared_in", stage.prepared_in);
  out.key("from").begin_array();
  for (const auto& input : stage.inputs) {
    out.begin_object().member("output", input.from).member("input", input.port);
    write_credit(out, input.credit);
    out.member("when_full", name_of(input.full)).end_object();
  }
  out.end_array();
  write_columns(out, "reads", stage.columns.reads);
  write_columns(out, "makes", stage.columns.makes);
  write_columns(out, stage.kind == stage_kind::source ? "gives" : "passes", stage.columns.passes);
  out.member("on_failure", name_of(stage.on_failure.action));
  out.member("follows_restarts", stage.follows_restarts);
  out.member("retry_ns", stage.on_failure.retry.deadline.count());
  out.member("at_least_once", stage.at_least_once).end_object();
}

const char* name_of(sink_path::order_kind order) {
  switch (order) {
    case sink_path::order_kind::kept:
      return "kept";
    case sink_path::order_kind::mixed:
      return "mixed";
    case sink_path::order_kind::any:
      return "any";
    case sink_path::order_kind::its_own:
      return "its_own";
  }
  return "";
}

void write_path(json_writer& out, const explanation& of, const sink_path& path) {
  const auto& stages = of.stages;
  out.begin_object();
  write_names(out, "outputs", path.outputs);
  out.member("sink", stages[path.sink].name).member("order", name_of(path.order));
  const bool is_kept = path.order == sink_path::order_kind::kept;
  out.text_or_null("ordered_by", is_kept ? std::string() : stages[path.ordered_by].name);
  out.key("drops").begin_array();
  for (const auto& drop : path.drops)
    out.begin_object()
        .member("stage", stages[drop.stage].name)
        .member("when_full", name_of(drop.how))
        .end_object();
  out.end_array();
  out.key("rejected_unread").begin_array();
  for (const auto stage : path.rejecting) out.value(stages[stage].name);
  out.end_array().end_object();
}

void write_remark(json_writer& out, const std::string& code, const source_place& place,
                  const std::string& text) {
  out.begin_object().member("code", code).member("file", place.file ? *place.file : std::string());
  out.member("line", place.line).member("column", place.column).member("message", text);
  out.end_object();
}

}  // namespace

std::string explanation_json(const explanation& of) {
  json_writer out;
  out.begin_object().member("pipeline", of.pipeline).member("threads", of.threads);
  out.key("stages").begin_array();
  for (const auto& stage : of.stages) write_stage(out, stage);
  out.end_array();
  out.key("paths").begin_array();
  for (const auto& path : of.paths.shown) write_path(out, of, path);
  out.end_array().member("paths_left_out", of.paths.left_out);
  out.key("memory").begin_object().member("queues", of.queues.bytes);
  out.member("all", of.memory.bytes).end_object();
  out.key("notes").begin_array();
  for (const auto& note : of.notes) write_remark(out, note.code, note.place, note.text);
  out.end_array().key("warnings").begin_array();
  for (const auto& p : of.warnings) write_remark(out, p.code, p.place, p.text);
  return out.end_array().end_object().take();
}

}  // namespace weir
