#include "pipelines/inspect/json_schema.hpp"

#include <fmt/format.h>

#include <optional>

#include "pipelines/inspect/json_writer.hpp"
#include "pipelines/inspect/stage_words.hpp"
#include "pipelines/spec/failure_keys.hpp"
#include "pipelines/spec/stage_keys.hpp"
#include "runtime/base/number.hpp"
#include "runtime/data/type.hpp"

namespace weir {
namespace {

constexpr const char* dialect = "https://json-schema.org/draft/2020-12/schema";
constexpr const char* variable_pattern = "\\$\\{";

struct number_bounds {
  double least;
  double most;
};

// `between 1 and 10000000`, if the bounds are plain numbers; sizes and durations are left to check.
std::optional<number_bounds> number_bounds_of(std::string_view bounds) {
  constexpr std::string_view head = "between ", middle = " and ";
  const auto and_at = bounds.find(middle);
  if (!bounds.starts_with(head) || and_at == std::string_view::npos) return std::nullopt;
  const auto least = parse_float64(bounds.substr(head.size(), and_at - head.size()));
  const auto most = parse_float64(bounds.substr(and_at + middle.size()));
  if (!least || !most) return std::nullopt;
  return number_bounds{*least, *most};
}

void write_names(json_writer& out, std::string_view key, const std::vector<std::string>& names) {
  out.key(key).begin_array();
  for (const auto& name : names) out.value(name);
  out.end_array();
}

void write_variable(json_writer& out) {
  out.begin_object().member("type", "string").member("pattern", variable_pattern).end_object();
}

// The alternatives of a number or a bool: itself, or a text with a variable in it.
void write_or_variable(json_writer& out, const char* type, std::string_view bounds) {
  out.key("anyOf").begin_array().begin_object().member("type", type);
  if (const auto b = number_bounds_of(bounds))
    out.member("minimum", b->least).member("maximum", b->most);
  out.end_object();
  write_variable(out);
  out.end_array();
}

std::vector<std::string> column_type_names() {
  std::vector<std::string> names;
  for (const auto type :
       {column_type::boolean, column_type::int64, column_type::float64, column_type::timestamp,
        column_type::duration, column_type::string, column_type::bytes, column_type::json})
    names.emplace_back(name_of(type));
  return names;
}

// Writes what a value of the option type called `type` may be, as members of the object at hand.
// A type this does not know allows everything: `check` knows better.
void write_type(json_writer& out, std::string_view type, std::string_view bounds) {
  constexpr std::string_view list_of = "list of ", map_of = "map of ";
  if (type.starts_with(list_of)) {
    const auto item = type.substr(list_of.size(), type.size() - list_of.size() - 1);
    out.key("anyOf").begin_array().begin_object();
    write_type(out, item, bounds);
    out.end_object().begin_object().member("type", "array").key("items").begin_object();
    write_type(out, item, bounds);
    out.end_object().end_object().end_array();
  } else if (type.starts_with(map_of)) {
    out.member("type", "object").key("additionalProperties").begin_object();
    write_type(out, type.substr(map_of.size(), type.size() - map_of.size() - 1), bounds);
    out.end_object();
  } else if (type == "bool") {
    write_or_variable(out, "boolean", {});
  } else if (type == "integer" || type == "number") {
    write_or_variable(out, type == "integer" ? "integer" : "number", bounds);
  } else if (type == "size" || type == "duration" || type == "column") {
    out.member("type", "string");
  } else if (type == "type") {
    out.key("anyOf").begin_array().begin_object();
    write_names(out, "enum", column_type_names());
    out.end_object();
    write_variable(out);
    out.end_array();
  } else if (type == "string" || type == "expression" || type == "aggregate") {
    // Unquoted, `5` and `true` are such texts too.
    write_names(out, "type", {"string", "number", "boolean"});
  }
}

void write_choices(json_writer& out, const option_declaration& option) {
  out.key("anyOf").begin_array();
  for (const auto& c : option.choices)
    out.begin_object().member("const", c.name).member("description", c.documentation).end_object();
  write_variable(out);
  out.end_array();
}

void write_default(json_writer& out, const option_declaration& option) {
  out.key("default");
  const auto integer = parse_int64(option.default_text);
  const auto number = parse_float64(option.default_text);
  if (option.type == "integer" && integer)
    out.value(*integer);
  else if (option.type == "number" && number)
    out.value(*number);
  else if (option.type == "bool")
    out.value(option.default_text == "true");
  else
    out.value(option.default_text);
}

void write_option(json_writer& out, const option_declaration& option) {
  out.key(option.name).begin_object().member("description", option.documentation);
  if (option.choices.empty())
    write_type(out, option.type, option.bounds);
  else
    write_choices(out, option);
  if (!option.default_text.empty() && !option.is_secret) write_default(out, option);
  out.end_object();
}

void write_workers(json_writer& out, const stage_type& type) {
  out.key("workers").begin_object().key("anyOf").begin_array();
  out.begin_object().member("type", "integer").member("minimum", 1);
  out.member("maximum", type.shares_work ? workers_without_bound : 1).end_object();
  out.begin_object().member("const", "auto").end_object();
  write_variable(out);
  out.end_array().end_object();
  write_option(out, ordered_key().declarations().front());
}

void write_failures(json_writer& out) {
  write_option(out, failure_keys().declarations().front());
  out.key("restart").begin_object().member("type", "object").end_object();
  out.key("retry").begin_object().member("type", "object").end_object();
}

// The keys that every stage has, whatever its type.
void write_common_keys(json_writer& out, const stage_type& type) {
  out.key("type").begin_object().member("const", type.name).member("description", type.summary);
  out.end_object();
  out.key("name").begin_object().member("type", "string");
  out.member("pattern", "^[a-z][a-z0-9_-]*$|\\$\\{").end_object();
  out.key("description").begin_object().member("type", "string").end_object();
  write_workers(out, type);
  write_failures(out);
  if (type.kind == stage_kind::source) return;
  out.key("from").begin_object();
  write_names(out, "type", {"string", "array", "object"});
  out.end_object();
  out.key("credit").begin_object().member("type", "object").end_object();
  out.key("when_full").begin_object();
  write_names(out, "enum", {"block", "drop_newest", "drop_oldest"});
  out.end_object();
}

void write_stage(json_writer& out, const stage_type& type) {
  out.member("title", fmt::format("{}: a {}", type.name, name_of(type.kind)));
  out.member("description", type.summary).member("type", "object");
  std::vector<std::string> required = {"type"};
  for (const auto& option : type.options)
    if (option.is_required) required.push_back(option.name);
  write_names(out, "required", required);
  out.key("properties").begin_object();
  write_common_keys(out, type);
  for (const auto& option : type.options) write_option(out, option);
  out.end_object();
  out.key("patternProperties").begin_object().key("^x-").value(true).end_object();
  out.member("additionalProperties", false);
}

void write_text_key(json_writer& out, std::string_view key, const char* description) {
  out.key(key).begin_object().member("description", description).member("type", "string");
  out.end_object();
}

}  // namespace

std::string json_schema_of(const stage_type& type) {
  json_writer out;
  out.begin_object().member("$schema", dialect);
  write_stage(out, type);
  return out.end_object().take();
}

std::string json_schema_of(const std::vector<stage_type>& types) {
  json_writer out;
  out.begin_object().member("$schema", dialect).member("title", "a Weir pipeline");
  out.member("type", "object");
  write_names(out, "required", {"weir", "stages"});
  out.key("properties").begin_object();
  out.key("weir").begin_object().member("description", "the version of the file format");
  out.member("const", 1).end_object();
  write_text_key(out, "pipeline", "the pipeline's name");
  write_text_key(out, "description", "what the pipeline is for");
  write_text_key(out, "memory", "the most bytes that all queues and all state hold together");
  write_failures(out);
  out.key("strategy").begin_object();
  write_names(out, "enum", {"one_for_one", "rest_for_one", "one_for_all"});
  out.end_object();
  out.key("params").begin_object().member("type", "object").end_object();
  out.key("stages").begin_object().member("type", "array").key("items").begin_object();
  out.key("oneOf").begin_array();
  for (const auto& type : types)
    out.begin_object().member("$ref", fmt::format("#/$defs/{}", type.name)).end_object();
  out.end_array().end_object().end_object().end_object();
  out.key("patternProperties").begin_object().key("^x-").value(true).end_object();
  out.key("$defs").begin_object();
  for (const auto& type : types) {
    out.key(type.name).begin_object();
    write_stage(out, type);
    out.end_object();
  }
  return out.end_object().end_object().take();
}

}  // namespace weir
