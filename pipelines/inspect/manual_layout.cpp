#include "pipelines/inspect/manual_layout.hpp"

#include <algorithm>

#include "pipelines/inspect/stage_words.hpp"
#include "pipelines/inspect/text_layout.hpp"

namespace weir {
namespace {

std::string option_text(const option_declaration& option, std::size_t width) {
  std::string out = two_columns({{option.name, value_in_words(option)}}, margin, width);
  out += wrapped(option.documentation, width, 2 * margin);
  std::vector<std::pair<std::string, std::string>> choices;
  for (const auto& c : option.choices) choices.emplace_back(c.name, c.documentation);
  out += two_columns(choices, 2 * margin, width);
  return out;
}

}  // namespace

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

std::string options_text(const std::vector<option_declaration>& options, std::size_t width) {
  std::string out;
  for (const auto& option : options) {
    if (!out.empty()) out += '\n';
    out += option_text(option, width);
  }
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

}  // namespace weir
