#include "pipelines/inspect/manual.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "pipelines/inspect/manual_layout.hpp"
#include "pipelines/inspect/stage_words.hpp"
#include "pipelines/inspect/text_layout.hpp"

namespace weir {
namespace {

std::string names_of_kind(const std::vector<stage_type>& types, const stage_type& but) {
  std::vector<std::string> names;
  for (const auto& t : types)
    if (t.kind == but.kind && t.name != but.name) names.push_back(t.name);
  return fmt::format("{}", fmt::join(names, ", "));
}

bool has_expressions(const stage_type& type) {
  return std::any_of(type.options.begin(), type.options.end(), [](const option_declaration& o) {
    return o.type.find("expression") != std::string::npos ||
           o.type.find("aggregate") != std::string::npos;
  });
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
  if (!type.options.empty()) out += "\nOPTIONS\n" + options_text(type.options, width);
  out += "\nBEHAVIOUR\n" + two_columns(behaviour_in_words(type), margin, width);
  if (!type.examples.empty()) out += "\nEXAMPLES\n";
  for (const auto& example : type.examples)
    out += indented(example_in_yaml(type, example, width - margin), margin);
  if (has_expressions(type))
    out += "\nSEE ALSO\n" +
           wrapped("'weir inspect expressions' is the manual of expressions.", width, margin);
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
