#include "pipelines/inspect/stage_words.hpp"

#include <fmt/format.h>

#include "pipelines/inspect/text_layout.hpp"
#include "runtime/base/text.hpp"
#include "runtime/config/problems.hpp"

namespace weir {
namespace {

// The stage as it is without any option; of its inputs the least number.
std::shared_ptr<const configured_stage> without_options(const stage_type& type) {
  config_value nothing;
  nothing.what = config_value::kind::map;
  problems ignored;  // required options are missing, of course
  return type.configure(nothing, type.numbered_inputs ? 2 : type.inputs.size(), ignored);
}

std::string order_in_words(const stage_type& type) {
  switch (type.order) {
    case input_order::any:
      return "reads whichever input has records";
    case input_order::all:
      return "reads its inputs in step; the one that is ahead waits";
    case input_order::chosen:
      return "reads the input it needs next; the others wait";
  }
  return {};
}

std::string ledger_in_words(const stage_type& type) {
  if (type.kind == stage_kind::source) return "each record is created here, or rejected";
  if (type.kind == stage_kind::sink) return "each record ends here, or is rejected";
  switch (type.ledger) {
    case ledger_kind::passes:
      return "each record goes on, once, or is rejected";
    case ledger_kind::filters:
      return "each record goes on, is left out, or is rejected";
    case ledger_kind::creates:
      return "records are absorbed or rejected, and others are created";
  }
  return {};
}

// Parts of a YAML flow map `{a: 1, b: [x, y]}`, cut at the commas of the map itself.
std::vector<std::string_view> entries_of(std::string_view flow_map) {
  const auto begin = flow_map.find('{');
  const auto end = flow_map.rfind('}');
  if (begin == std::string_view::npos || end == std::string_view::npos || end <= begin) return {};
  const auto inside = flow_map.substr(begin + 1, end - begin - 1);
  std::vector<std::string_view> parts;
  std::size_t start = 0;
  int depth = 0;
  char quote = 0;
  char last = ' ';  // the last character that is not a space: what a quote must follow to open
  for (std::size_t i = 0; i <= inside.size(); ++i) {
    const char c = i < inside.size() ? inside[i] : ',';
    if (quote != 0) {
      if (c == '\\' && quote == '"') ++i;
      if (c == quote) quote = 0;
    } else if ((c == '"' || c == '\'') &&
               std::string_view(" ,:[{").find(last) != std::string_view::npos) {
      quote = c;
    } else if (c == '[' || c == '{') {
      ++depth;
    } else if (c == ']' || c == '}') {
      --depth;
    } else if (c == ',' && (depth == 0 || i == inside.size())) {
      const auto part = inside.substr(start, i - start);
      const auto first = part.find_first_not_of(" \n\t");
      if (first != std::string_view::npos)
        parts.push_back(part.substr(first, part.find_last_not_of(" \n\t") - first + 1));
      start = i + 1;
    }
    if (c != ' ' && c != '\n') last = c;
  }
  return parts;
}

}  // namespace

std::string_view name_of(stage_kind kind) {
  switch (kind) {
    case stage_kind::source:
      return "source";
    case stage_kind::transform:
      return "transform";
    case stage_kind::sink:
      return "sink";
  }
  return {};
}

std::string hold_in_words(const hold_bound& hold) {
  switch (hold.what) {
    case hold_bound::kind::none:
      return "nothing: what a chunk becomes leaves at once";
    case hold_bound::kind::chunks:
      return fmt::format("at most {} chunk{}", with_thousands(hold.count),
                         hold.count == 1 ? "" : "s");
    case hold_bound::kind::records:
      return fmt::format("at most {} record{}", with_thousands(hold.count),
                         hold.count == 1 ? "" : "s");
    case hold_bound::kind::all:
      return "everything, until its input ends";
  }
  return {};
}

std::string inputs_in_words(const stage_type& type) {
  if (type.numbered_inputs) return "two or more, in the order of 'from'";
  return type.inputs.empty() ? "none" : fmt::format("{}", fmt::join(type.inputs, ", "));
}

std::string outputs_in_words(const stage_type& type) {
  std::vector<std::string> names = type.outputs;
  if (type.has_chosen_outputs) {
    names = {"those its options name"};
    for (const auto& always : without_options(type)->outputs()) names.push_back(always);
  }
  names.emplace_back("rejected");
  return fmt::format("{}", fmt::join(names, ", "));
}

std::vector<std::pair<std::string, std::string>> behaviour_in_words(const stage_type& type) {
  std::vector<std::pair<std::string, std::string>> lines;
  if (type.numbered_inputs || type.inputs.size() > 1)
    lines.emplace_back("inputs", order_in_words(type));
  lines.emplace_back("records", ledger_in_words(type));
  if (type.shares_work)
    lines.emplace_back(
        "workers", type.kind == stage_kind::source
                       ? "as many as 'workers' says, or as are useful without it"
                       : "as many as 'workers' says, without it one, or as many as are above it");
  if (type.kind == stage_kind::transform) {
    lines.emplace_back("holds back", hold_in_words(without_options(type)->hold()));
    lines.emplace_back("raw text", type.keeps_raw
                                       ? "kept: a writer of the same format copies what was read"
                                       : "not kept: records are written anew");
  }
  return lines;
}

std::string value_in_words(const option_declaration& option) {
  std::string words = option.choices.empty() ? option.type : "one of the names below";
  if (option.is_required) words += ", required";
  if (!option.default_text.empty())
    words += fmt::format(", default {}", option.is_secret ? "not shown" : option.default_text);
  if (!option.bounds.empty()) words += ", " + option.bounds;
  if (option.is_secret) words += ", secret: never shown";
  return words;
}

std::string example_in_yaml(const stage_type& type, std::string_view options, std::size_t width) {
  const auto entries = entries_of(options);
  std::string line = fmt::format("- {{type: {}", type.name);
  for (const auto entry : entries) line += fmt::format(", {}", entry);
  line += "}\n";
  if (columns_of(line) <= width + 1 && line.find('\n') + 1 == line.size()) return line;
  std::string block = fmt::format("- type: {}\n", type.name);
  for (const auto entry : entries) block += fmt::format("  {}\n", entry);
  return block;
}

}  // namespace weir
