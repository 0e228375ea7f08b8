#include "pipelines/inspect/markdown.hpp"

#include <fmt/format.h>

#include "pipelines/inspect/stage_words.hpp"
#include "pipelines/inspect/text_layout.hpp"
#include "runtime/base/text.hpp"

namespace weir {
namespace {

constexpr std::size_t width = 100;

// Text for a cell: a bar would end it.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return out;
}

std::string code(std::string_view text) { return text.empty() ? "" : fmt::format("`{}`", text); }

std::string type_cell(const option_declaration& option) {
  if (option.choices.empty()) return option.type;
  std::vector<std::string> names;
  for (const auto& c : option.choices) names.push_back(code(c.name));
  return fmt::format("{}", fmt::join(names, ", "));
}

std::string meaning_cell(const option_declaration& option) {
  std::string text = option.documentation;
  if (!option.bounds.empty()) text += fmt::format(" Allowed: {}.", option.bounds);
  for (const auto& c : option.choices)
    text += fmt::format(" {}: {}.", code(c.name), c.documentation);
  if (option.is_secret) text += " Secret: never shown.";
  return text;
}

std::string option_table(const stage_type& type) {
  std::string out = "| option | type | default | meaning |\n|---|---|---|---|\n";
  for (const auto& o : type.options)
    out += fmt::format("| {} | {} | {} | {} |\n", code(o.name), cell(type_cell(o)),
                       o.is_required ? "required" : cell(code(o.is_secret ? "" : o.default_text)),
                       cell(meaning_cell(o)));
  return out;
}

// Paragraphs as they are; lines with spaces before them (examples) as code.
std::string description_of(const stage_type& type) {
  const std::string text = wrapped(type.description, width, 0);
  std::string out;
  bool in_code = false;
  for (const auto line : split(text, '\n')) {
    const bool is_code = line.starts_with(' ');
    if (is_code != in_code && !line.empty()) out += '\n';
    if (!line.empty()) in_code = is_code;
    out += fmt::format("{}{}\n", is_code ? "    " : "", line);
  }
  while (out.ends_with("\n\n")) out.pop_back();
  return out;
}

std::string section_of(const stage_type& type) {
  std::string out = fmt::format("### {}\n\n{}\n", type.name, type.summary);
  if (!type.description.empty()) out += "\n" + description_of(type);
  if (!type.options.empty()) out += "\n" + option_table(type);
  out +=
      fmt::format("\n- inputs: {}\n- outputs: {}\n", inputs_in_words(type), outputs_in_words(type));
  for (const auto& [label, text] : behaviour_in_words(type))
    out += fmt::format("- {}: {}\n", label, text);
  if (type.examples.empty()) return out;
  out += "\n```yaml\n";
  for (const auto& example : type.examples) out += example_in_yaml(type, example, width);
  return out + "```\n";
}

}  // namespace

std::string markdown_of(const std::vector<stage_type>& types) {
  std::string out = "# Stages\n";
  for (const auto kind : {stage_kind::source, stage_kind::transform, stage_kind::sink}) {
    std::string sections;
    for (const auto& type : types)
      if (type.kind == kind) sections += "\n" + section_of(type);
    if (sections.empty()) continue;
    out += kind == stage_kind::source      ? "\n## Sources\n"
           : kind == stage_kind::transform ? "\n## Transforms\n"
                                           : "\n## Sinks\n";
    out += sections;
  }
  return out;
}

}  // namespace weir
