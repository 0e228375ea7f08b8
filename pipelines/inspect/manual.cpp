#include "pipelines/inspect/manual.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "pipelines/inspect/stage_words.hpp"
#include "pipelines/inspect/text_layout.hpp"

namespace weir {
namespace {

constexpr std::size_t margin = 4;

// Two columns: labels, and texts that are wrapped beside them.
std::string two_columns(const std::vector<std::pair<std::string, std::string>>& rows,
                        std::size_t indent, std::size_t width) {
  std::size_t label_columns = 0;
  for (const auto& [label, text] : rows) label_columns = std::max(label_columns, columns_of(label));
  const std::size_t beside = indent + label_columns + 2;
  std::string out;
  for (const auto& [label, text] : rows) {
    std::string block = wrapped(text, std::max(width, beside + 20), beside);
    if (block.empty()) block = "\n";
    const std::string head = std::string(indent, ' ') + padded(label, label_columns + 2);
    out += head + block.substr(std::min(block.size() - 1, beside));
  }
  return out;
}

std::string option_text(const option_declaration& option, std::size_t width) {
  std::string out = two_columns({{option.name, value_in_words(option)}}, margin, width);
  out += wrapped(option.documentation, width, 2 * margin);
  std::vector<std::pair<std::string, std::string>> choices;
  for (const auto& c : option.choices) choices.emplace_back(c.name, c.documentation);
  out += two_columns(choices, 2 * margin, width);
  return out;
}

std::string indented(std::string_view text, std::size_t indent) {
  std::string out;
  while (!text.empty()) {
    const auto end = text.find('\n') + 1;
    out.append(indent, ' ');
    out += text.substr(0, end);
    text.remove_prefix(end);
  }
  return out;
}

std::string names_of_kind(const std::vector<stage_type>& types, const stage_type& but) {
  std::vector<std::string> names;
  for (const auto& t : types)
    if (t.kind == but.kind && t.name != but.name) names.push_back(t.name);
  return fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace

std::string manual_of(const stage_type& type, const std::vector<stage_type>& near,
                      std::size_t width) {
  std::string out = fmt::format("{}: a {}\n", type.name, name_of(type.kind));
  out += wrapped(type.summary, width, margin);
  if (!type.description.empty())
    out += "\nDESCRIPTION\n" + wrapped(type.description, width, margin);
  out += "\nPORTS\n" +
         two_columns({{"inputs", inputs_in_words(type)}, {"outputs", outputs_in_words(type)}},
                     margin, width);
  if (!type.options.empty()) out += "\nOPTIONS\n";
  for (const auto& option : type.options) {
    if (&option != &type.options.front()) out += '\n';
    out += option_text(option, width);
  }
  out += "\nBEHAVIOUR\n" + two_columns(behaviour_in_words(type), margin, width);
  if (!type.examples.empty()) out += "\nEXAMPLES\n";
  for (const auto& example : type.examples)
    out += indented(example_in_yaml(type, example, width - margin), margin);
  if (const auto others = names_of_kind(near, type); !others.empty())
    out += fmt::format("\nOTHER {}S\n", type.kind == stage_kind::source      ? "SOURCE"
                                        : type.kind == stage_kind::transform ? "TRANSFORM"
                                                                             : "SINK") +
           wrapped(others, width, margin);
  return out;
}

std::string list_of(const std::vector<stage_type>& types, std::size_t width) {
  std::size_t name_columns = 0;
  for (const auto& t : types) name_columns = std::max(name_columns, t.name.size());
  std::string out;
  for (const auto kind : {stage_kind::source, stage_kind::transform, stage_kind::sink}) {
    std::vector<std::pair<std::string, std::string>> rows;
    for (const auto& t : types)
      if (t.kind == kind) rows.emplace_back(padded(t.name, name_columns), t.summary);
    if (rows.empty()) continue;
    if (!out.empty()) out += '\n';
    out += fmt::format("{}s\n", name_of(kind)) + two_columns(rows, 2, width);
  }
  return out;
}

}  // namespace weir
