#include "pipelines/spec/stage_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "pipelines/spec/from_reader.hpp"
#include "pipelines/spec/kept_keys.hpp"
#include "pipelines/spec/stage_keys.hpp"
#include "runtime/base/text.hpp"

namespace weir {
namespace {

// A scalar under `key`; empty where there is none or it is something else, which is told.
std::string text_of(const config_value& stage, std::string_view key, problems& found) {
  const config_value* value = stage.find(key);
  if (value == nullptr) return {};
  if (value->is_scalar()) return value->text;
  found.add("wrong-type", value->place.start,
            fmt::format("'{}' is a name, not {}", key, described(*value)));
  return {};
}

void tell_no_type(const config_value& stage, std::size_t number, problems& found) {
  const auto in = found.enter(fmt::format("stage {}", number));
  if (!stage.is_map()) {
    found.add("wrong-type", stage.place.start,
              fmt::format("{} is not a stage; a stage is a map, as in {{type: print}}",
                          described(stage)));
    return;
  }
  if (stage.find("type") != nullptr) return;  // told
  const std::vector<std::string> wanted{"type"};
  for (const auto& entry : stage.entries)
    if (nearest(entry.key, wanted)) {
      found.add("missing-type", entry.key_place,
                fmt::format("unknown key {}; did you mean 'type'?", quoted(entry.key)));
      return;
    }
  found.add("missing-type", stage.place.start, "it has no 'type', which says what it does");
}

void refuse_equal_names(const std::vector<stage_head>& heads, problems& found) {
  std::map<std::string, const stage_head*> first;
  for (const auto& head : heads) {
    if (head.name.empty()) continue;
    const auto [known, is_new] = first.emplace(head.name, &head);
    if (is_new) continue;
    const auto in = found.enter(fmt::format("stage {}", quoted(head.name)));
    const bool is_default = !head.is_named || !known->second->is_named;
    found.add("duplicate-name", head.name_place,
              fmt::format("the stage at {}:{} has this name{}", known->second->name_place.line,
                          known->second->name_place.column,
                          is_default ? " too, as a stage without 'name' is called by its type"
                                     : " already"));
  }
}

// Reads one key of a stage as a map of its own; what it is by default where the stage has it not.
template <class Options>
Options read_key(const config_value& stage, std::string_view key, const option_set<Options>& keys,
                 problems& found) {
  Options read;
  config_value alone;
  alone.what = config_value::kind::map;
  for (const auto& entry : stage.entries)
    if (entry.key == key) alone.entries.push_back(entry);
  keys.read(alone, read, found);
  return read;
}

void read_flow(const config_value& stage, stage_spec& made, problems& found) {
  if (const config_value* credit = stage.find("credit")) {
    const auto in = found.enter("'credit'");
    if (credit->is_map())
      credit_keys().read(*credit, made.credit, found);
    else
      found.add(
          "wrong-type", credit->place.start,
          fmt::format("{} is not a map, as in {{chunks: 8, bytes: 8MiB}}", described(*credit)));
  }
  made.full = read_key(stage, "when_full", when_full_key(), found).full;
}

void read_workers(const config_value& stage, stage_spec& made, problems& found) {
  made.ordered = read_key(stage, "ordered", ordered_key(), found).ordered;
  if (const config_value* value = stage.find("ordered")) made.ordered_place = value->place.start;
  const config_value* value = stage.find("workers");
  if (value == nullptr) return;
  made.workers_place = value->place.start;
  if (value->is_scalar() && value->text == "auto") {
    made.workers = workers_by_threads;
    return;
  }
  const auto in = found.enter("'workers'");
  problems refused;
  std::int64_t count = 0;
  if (read_integer(*value, 1, workers_without_bound, count, refused))
    made.workers = static_cast<unsigned>(count);
  const std::string meant =
      value->is_scalar() ? did_you_mean(value->text, std::vector<std::string>{"auto"}) : "";
  for (const auto& p : refused.all())
    found.add(p.code, p.place, p.text + (meant.empty() ? ", nor 'auto'" : meant));
}

bool is_stage_key(const std::string& key) {
  return key != "by" && std::find(stage_key_names().begin(), stage_key_names().end(), key) !=
                            stage_key_names().end();
}

}  // namespace

std::vector<stage_head> read_stage_heads(const std::vector<config_value>& stages, problems& found) {
  std::vector<stage_head> heads;
  std::map<std::string, std::size_t> unnamed;
  for (const auto& stage : stages) {
    stage_head& head = heads.emplace_back();
    const auto in = found.enter(fmt::format("stage {}", heads.size()));
    head.type = text_of(stage, "type", found);
    if (const auto* type = stage.find("type")) head.type_place = type->place.start;
    head.name = text_of(stage, "name", found);
    head.is_named = !head.name.empty();
    head.name_place = head.is_named                   ? stage.find("name")->place.start
                      : stage.find("type") != nullptr ? head.type_place
                                                      : stage.place.start;
    if (head.is_named && !is_name(head.name))
      found.add("odd-name", head.name_place,
                fmt::format("{} is not a name; {}", quoted(head.name), name_rule));
    if (head.is_named || head.type.empty()) continue;
    const std::size_t same = ++unnamed[head.type];
    head.name = same == 1 ? head.type : fmt::format("{}_{}", head.type, same);
  }
  for (std::size_t i = 0; i < stages.size(); ++i)
    if (heads[i].type.empty()) tell_no_type(stages[i], i + 1, found);
  refuse_equal_names(heads, found);
  return heads;
}

stage_spec read_stage(const stage_head& head, const config_value& from,
                      const failure_policy& otherwise, problems& found) {
  stage_spec made;
  made.name = head.name;
  made.is_named = head.is_named;
  made.place = from.place.start;
  made.name_place = head.name_place;
  made.type = head.type;
  made.type_place = head.type_place;
  made.is_complete = !head.type.empty();
  made.on_failure.policy = otherwise;
  if (!made.is_complete && !head.is_named) return made;

  const auto in = found.enter(fmt::format("stage {}", quoted(made.name)));
  made.options.what = config_value::kind::map;
  made.options.place = from.place;
  if (const config_value* source = from.find("from")) made.from = read_from(*source, found);
  read_flow(from, made, found);
  read_workers(from, made, found);
  made.timeout = read_key(from, "timeout", timeout_key(), found).timeout;
  if (const config_value* value = from.find("timeout")) made.timeout_place = value->place.start;
  made.on_failure = read_failure(from, otherwise, found);
  made.max_duration = read_key(from, "max_duration", max_duration_key(), found).max_duration;
  refuse_kept_stage_keys(from, found);
  for (const auto& entry : from.entries)
    if (!is_stage_key(entry.key)) made.options.entries.push_back(entry);
  return made;
}

}  // namespace weir
