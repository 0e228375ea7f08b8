#include "runtime/expression/calls.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "runtime/base/duration.hpp"
#include "runtime/base/text.hpp"
#include "runtime/data/time_text.hpp"
#include "runtime/expression/aggregate_expression.hpp"
#include "runtime/expression/functions.hpp"
#include "runtime/expression/macros.hpp"
#include "runtime/expression/pattern.hpp"
#include "runtime/expression/time_zone.hpp"

namespace weir::syntax {
namespace {

expression_problem at_name(const node& call, std::string code, std::string text) {
  return {std::move(code), call.name_offset, call.name_length, std::move(text)};
}

std::string unknown_text(const node& call, vocabulary words) {
  std::string text = fmt::format("unknown function {}", quoted(call.name));
  if (call.name == "not" || call.name == "NOT") return text + "; did you mean '!'?";
  if (words == vocabulary::functions_and_aggregates) {
    const std::string advice = did_you_mean(call.name, aggregate_functions());
    if (!advice.empty()) return text + advice;
  }
  if (const auto meant = function_meant(call.name))
    return fmt::format("{}; did you mean '{}'?", text, *meant);
  return text;
}

bool is_path(const node& n) {
  switch (n.kind) {
    case node_kind::column:
    case node_kind::variable:
      return true;
    case node_kind::select:
    case node_kind::index:
      return is_path(*n.children.front());
    default:
      return false;
  }
}

// What a text that is written out means to the function, if it means nothing.
std::optional<error> refused(function_id id, std::string_view text) {
  const auto cause = [](const auto& made) {
    return made ? std::nullopt : std::optional<error>(made.error());
  };
  switch (id) {
    case function_id::matches:
      return cause(pattern::compile(text));
    case function_id::to_timestamp:
      return cause(parse_timestamp(text));
    case function_id::to_duration:
      return cause(parse_duration(text));
    default:
      return cause(time_zone::find(text));
  }
}

// Patterns, times and zones that are written out are read at once, not at the first record.
void check_written(const node& call, std::vector<expression_problem>& problems) {
  const node& argument = *call.children.back();
  if (argument.kind != node_kind::literal || argument.value.kind != value_kind::string) return;
  const auto id = call.function->id;
  const bool is_second =
      id == function_id::matches || call.function->family == function_family::time;
  const bool is_only = id == function_id::to_timestamp || id == function_id::to_duration;
  if (call.children.size() == 2 ? !is_second : !is_only) return;
  const auto cause = refused(id, argument.value.text);
  if (!cause) return;
  std::string text = cause->text;
  if (id == function_id::matches) text += ": " + cause->detail;
  problems.push_back({cause->code, argument.offset, argument.length, std::move(text)});
}

}  // namespace

void resolve_call(node& call, bool method, vocabulary words,
                  std::vector<expression_problem>& problems) {
  const auto& aggregates = aggregate_functions();
  const bool is_aggregate =
      !method && std::find(aggregates.begin(), aggregates.end(), call.name) != aggregates.end();
  if (is_aggregate) {
    if (words == vocabulary::functions)
      problems.push_back(
          at_name(call, "unknown-function",
                  fmt::format("{} is an aggregate function; only a stage 'aggregate' computes it",
                              quoted(call.name))));
    return;
  }
  if (const macro_entry* loop = find_macro(call.name)) {
    problems.push_back(at_name(
        call, "arguments", fmt::format("'{}' is a method, as in {}", loop->name, loop->example)));
    return;
  }
  const function_entry* entry = find_function(call.name);
  if (entry == nullptr) {
    problems.push_back(at_name(call, "unknown-function", unknown_text(call, words)));
    return;
  }
  call.function = entry;
  const auto refuse = [&](std::string text) {
    problems.push_back(
        at_name(call, "arguments", fmt::format("{}, as in {}", text, entry->example)));
  };
  if (method && entry->style == call_style::function)
    return refuse(fmt::format("'{}' is not a method", entry->name));
  if (!method && entry->style == call_style::method)
    return refuse(fmt::format("'{}' is a method", entry->name));
  const std::size_t count = call.children.size();
  if (count < entry->arguments_min || count > entry->arguments_max) {
    const std::size_t target = method ? 1 : 0;
    const std::size_t most = entry->arguments_max - target;
    if (entry->arguments_max == function_entry::any_number)
      return refuse(fmt::format("'{}' takes at least 1 argument, found none", entry->name));
    const std::size_t least = entry->arguments_min - target;
    return refuse(fmt::format("'{}' takes {}{} argument{}, found {}", entry->name,
                              least < most ? fmt::format("{} or ", least) : "", most,
                              most == 1 ? "" : "s", count - target));
  }
  if (entry->id == function_id::has && !is_path(*call.children.front()))
    refuse("'has' takes a column or a path");
  check_written(call, problems);
}

}  // namespace weir::syntax
