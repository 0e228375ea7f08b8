#include "pipelines/spec/yaml_syntax.hpp"

#include <fmt/format.h>

#include "runtime/base/text.hpp"

namespace weir {
namespace {

// A line's text without indentation and blanks behind, and where it begins.
struct trimmed_line {
  std::size_t start;
  std::size_t indentation;
  std::string_view text;
};

trimmed_line trimmed(const yaml_text& text, std::size_t line) {
  std::string_view all = text.line(line);
  const std::size_t indentation = std::min(all.find_first_not_of(" \t"), all.size());
  all.remove_prefix(indentation);
  while (!all.empty() && (all.back() == ' ' || all.back() == '\t')) all.remove_suffix(1);
  return {text.line_start(line) + indentation, indentation, all};
}

std::optional<trimmed_line> line_above(const yaml_text& text, std::size_t line) {
  while (line-- > 0) {
    const trimmed_line above = trimmed(text, line);
    if (!above.text.empty() && !above.text.starts_with('#')) return above;
  }
  return std::nullopt;
}

// A colon where no key may end: the cause is on this line or on the one above.
yaml_syntax_problem explain_colon(const yaml_text& text, std::size_t offset) {
  const std::size_t line = text.line_of(offset);
  const trimmed_line here = trimmed(text, line);
  const std::string_view before = text.line(line).substr(0, offset - text.line_start(line));
  if (before.find(": ") != std::string_view::npos)
    return {offset, "a second ': ' on one line; put quotes around a value that holds one"};
  const auto above = line_above(text, line);
  if (!above) return {offset, "':' stands where no key ends"};
  const auto colon = above->text.find(':');
  const bool above_has_value = above->text.find(": ") != std::string_view::npos;
  if (above_has_value && here.indentation > above->indentation)
    return {here.start,
            "this line is indented deeper than the one above it, which has its value already"};
  if (colon != std::string_view::npos && !above_has_value && colon + 1 < above->text.size())
    return {above->start + colon, "a key's ':' needs a space behind it"};
  if (colon == std::string_view::npos)
    return {above->start,
            fmt::format("{} is no key, as it has no ':' behind it", quoted(above->text))};
  return {offset, "':' stands where no key ends"};
}

// Something behind a whole value, or a line whose indentation fits nothing.
yaml_syntax_problem explain_leftover(const yaml_text& text, std::size_t offset, bool in_list) {
  const std::size_t line = text.line_of(offset);
  const trimmed_line here = trimmed(text, line);
  if (offset > here.start) {
    const char last =
        text.at(text.line(line).substr(0, offset - text.line_start(line)).find_last_not_of(" \t") +
                text.line_start(line));
    if (last == '"' || last == '\'')
      return {offset, "more text behind a closing quote; put quotes around the whole value"};
    return {offset, fmt::format("{} can't stand here; put quotes around a value that holds it",
                                quoted(text.from(offset).substr(0, 1)))};
  }
  if (in_list && !here.text.starts_with("- "))
    return {offset, "this line is indented like none above it"};
  return {offset, "this line fits neither the list or map above it nor its indentation"};
}

yaml_syntax_problem explain_flow(const yaml_text& text, std::size_t offset,
                                 std::optional<std::size_t> open) {
  const std::string_view rest = text.from(offset);
  const bool is_bracket = !rest.empty() && std::string_view("[]{}").find(rest[0]) != rest.npos;
  const std::size_t line = text.line_of(offset);
  const bool begins_entry = trimmed(text, line).text.starts_with("- ");
  if (open && (rest.empty() || (text.line_of(*open) != line && (!is_bracket || begins_entry))))
    return {*open, fmt::format("the {} that opens here is never closed",
                               quoted(text.from(*open).substr(0, 1)))};
  if (is_bracket)
    return {offset, fmt::format("{} can't stand here; put quotes around a value that holds it",
                                quoted(rest.substr(0, 1)))};
  return {offset, "a ',' is missing before this, or quotes around the whole value"};
}

std::optional<std::size_t> tab_in_indentation(const yaml_text& text, std::size_t offset) {
  const std::size_t line = text.line_of(offset);
  const auto tab = text.line(line).find('\t');
  if (tab >= trimmed(text, line).indentation) return std::nullopt;
  return text.line_start(line) + tab;
}

std::string word_at(const yaml_text& text, std::size_t offset) {
  const std::string_view rest = text.from(offset);
  return quoted(rest.substr(0, rest.find_first_of(" \t\r\n,]}")));
}

}  // namespace

yaml_syntax_problem explain_yaml_syntax(const yaml_text& text, std::size_t offset,
                                        std::string_view message, std::optional<std::size_t> open) {
  const auto is = [&](std::string_view known) { return message.starts_with(known); };
  const std::string first = quoted(text.from(offset).substr(0, 1));
  const auto tab = is("end of map flow") || is("end of sequence flow")
                       ? std::nullopt
                       : tab_in_indentation(text, offset);
  if (tab || is("illegal tab"))
    return {tab.value_or(offset), "a tab stands in the indentation, where YAML takes spaces only"};
  if (is("illegal map value")) return explain_colon(text, offset);
  if (is("end of map not found")) return explain_leftover(text, offset, false);
  if (is("end of sequence not found")) return explain_leftover(text, offset, true);
  if (is("end of map flow") || is("end of sequence flow")) return explain_flow(text, offset, open);
  if (is("unknown token"))
    return {offset, fmt::format("a value that begins with {} needs quotes", first)};
  if (is("the referenced anchor"))
    return {offset, fmt::format("a value that begins with '*' is read as an alias, and there is no "
                                "anchor {}; put quotes around it",
                                word_at(text, offset + 1))};
  if (is("alias not found") || is("illegal character found while scanning alias"))
    return {offset, "a value that begins with '*' is read as an alias; put quotes around it"};
  if (is("anchor not found") || is("illegal character found while scanning anchor"))
    return {offset, "a value that begins with '&' is read as an anchor; put quotes around it"};
  if (is("unknown escape character"))
    return {offset < 2 ? 0 : offset - 2,  // the parser has read the backslash and what follows
            "a backslash in double quotes begins an escape, and this is none; write it "
            "twice or use single quotes"};
  if (is("illegal flow end")) return {offset, fmt::format("{} closes nothing", first)};
  if (is("unexpected character in block scalar"))
    return {offset, "a text after '|' or '>' begins on the next line"};
  if (is("illegal block entry"))
    return {offset, "'- ' begins a list, which goes on lines of its own; put quotes around a text"};
  return {offset, fmt::format("the YAML can't be read from here on: {}", message)};
}

}  // namespace weir
