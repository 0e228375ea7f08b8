#include "pipelines/spec/yaml_text.hpp"

#include <algorithm>
#include <memory>

namespace weir {
namespace {

constexpr std::size_t block_bytes = 256;
// How far back on its line a missing value's place is looked for.
constexpr std::size_t look_back_bytes = 1000;

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

bool is_character_start(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

bool is_null_text(std::string_view text) {
  return text == "~" || text == "null" || text == "Null" || text == "NULL";
}

}  // namespace

yaml_text::yaml_text(std::string_view text, std::string_view file_name) : text_(text) {
  if (!file_name.empty()) file_ = std::make_shared<const std::string>(file_name);
  line_starts_.push_back(0);
  std::size_t characters = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i % block_bytes == 0) characters_.push_back(characters);
    if (is_character_start(text[i])) ++characters;
    if (text[i] == '\n') line_starts_.push_back(i + 1);
  }
  characters_.push_back(characters);
}

std::size_t yaml_text::characters_before(std::size_t offset) const {
  const std::size_t block = offset / block_bytes;
  const auto rest = text_.substr(block * block_bytes, offset - block * block_bytes);
  return characters_[block] +
         static_cast<std::size_t>(std::count_if(rest.begin(), rest.end(), is_character_start));
}

std::size_t yaml_text::line_of(std::size_t offset) const {
  const auto after = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
  return static_cast<std::size_t>(after - line_starts_.begin()) - 1;
}

source_place yaml_text::place(std::size_t offset) const {
  // What is missing at the end of a text is noted at its last character, not on a line behind it.
  if (offset >= text_.size()) {
    offset = text_.size();
    while (offset > 0 && is_blank(text_[offset - 1])) --offset;
  }
  const std::size_t line = line_of(offset);
  const std::size_t characters = characters_before(offset) - characters_before(line_starts_[line]);
  return {file_, static_cast<std::uint32_t>(line + 1), static_cast<std::uint32_t>(characters + 1)};
}

std::size_t yaml_text::skip_blank(std::size_t offset) const {
  while (offset < text_.size()) {
    if (is_blank(text_[offset]))
      ++offset;
    else if (text_[offset] == '#')
      offset = std::min(text_.find('\n', offset), text_.size());
    else
      break;
  }
  return offset;
}

std::size_t yaml_text::behind_properties(std::size_t offset) const {
  while (at(offset) == '&' || at(offset) == '!') {
    while (offset < text_.size() && !is_blank(text_[offset])) ++offset;
    offset = skip_blank(offset);
  }
  return offset;
}

std::string_view yaml_text::tag(std::size_t offset) const {
  while (at(offset) == '&' || at(offset) == '!') {
    const std::size_t start = offset;
    while (offset < text_.size() && !is_blank(text_[offset])) ++offset;
    if (text_[start] == '!') return text_.substr(start, offset - start);
    offset = skip_blank(offset);
  }
  return {};
}

std::size_t yaml_text::null_at(std::size_t offset) const {
  std::size_t end = offset;
  while (end < text_.size() && !is_blank(text_[end]) &&
         std::string_view(",]}").find(text_[end]) == std::string_view::npos)
    ++end;
  if (offset < end && is_null_text(text_.substr(offset, end - offset))) return offset;

  // The parser tells the next token's place: go back over blanks and comments.
  while (offset > 0) {
    const std::size_t start = line_starts_[line_of(offset - 1)];
    const std::size_t seen = std::max(start, offset - std::min(offset, look_back_bytes));
    std::string_view before = text_.substr(seen, offset - seen);
    if (before.starts_with('#')) before = {};
    for (auto hash = before.find(" #"); hash != std::string_view::npos; hash = before.find(" #"))
      before = before.substr(0, hash);
    while (!before.empty() && is_blank(before.back())) before.remove_suffix(1);
    if (!before.empty()) return seen + before.size() - 1;
    offset = seen;
  }
  return 0;
}

bool yaml_text::is_as_written(std::size_t offset, std::string_view value) const {
  const char first = at(offset);
  if (first == '|' || first == '>') return false;
  if (first != '"' && first != '\'') return from(offset).starts_with(value);
  return from(offset + 1).starts_with(value) && at(offset + 1 + value.size()) == first;
}

scalar_style yaml_text::style(std::size_t offset, std::string_view value) const {
  const char first = at(offset);
  if (first == '"' || first == '\'') return scalar_style::quoted;
  return is_as_written(offset, value) ? scalar_style::plain : scalar_style::block;
}

bool yaml_text::is_closed(std::size_t offset) const {
  const char quote = at(offset);
  if (quote != '"' && quote != '\'') return true;
  for (std::size_t i = offset + 1; i < text_.size(); ++i) {
    const bool escaped = quote == '"' ? text_[i] == '\\' : text_[i] == quote && at(i + 1) == quote;
    if (escaped)
      ++i;
    else if (text_[i] == quote)
      return true;
  }
  return false;
}

std::string_view yaml_text::line(std::size_t line) const {
  const std::size_t start = line_starts_[line];
  std::string_view text = text_.substr(start, text_.find('\n', start) - start);
  if (text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

}  // namespace weir
