#include "pipelines/lint/problem_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "runtime/data/records.hpp"

namespace weir {
namespace {

constexpr std::size_t shown_characters_max = 100;

bool is_character_start(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

std::optional<std::string_view> line_of(std::string_view text, std::uint32_t number) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  for (std::uint32_t i = 1; i < number; ++i) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    text.remove_prefix(end + 1);
  }
  text = text.substr(0, text.find('\n'));
  if (text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

// The offset of the character behind `count` others.
std::size_t offset_of(std::string_view text, std::size_t count) {
  for (std::size_t i = 0; i < text.size(); ++i)
    if (is_character_start(text[i]) && count-- == 0) return i;
  return text.size();
}

}  // namespace

std::string problem_with_caret(const problem& what, std::string_view file_text) {
  std::string out = to_text(what) + "\n";
  if (what.place.line == 0 || what.place.column == 0) return out;
  const auto whole = line_of(file_text, what.place.line);
  if (!whole) return out;
  std::string_view line = *whole;
  const auto characters = std::count_if(line.begin(), line.end(), is_character_start);
  std::size_t caret =
      std::min<std::size_t>(what.place.column - 1, static_cast<std::size_t>(characters));
  std::string_view before = "";
  if (caret > shown_characters_max * 3 / 4) {
    const std::size_t left_out = caret - shown_characters_max / 2;
    line.remove_prefix(offset_of(line, left_out));
    caret -= left_out;
    before = "...";
  }
  const std::size_t end = offset_of(line, shown_characters_max);
  const std::string_view behind = end < line.size() ? "..." : "";
  const std::string number = std::to_string(what.place.line);
  const std::size_t begin = offset_of(line, caret);
  // Tabs stay tabs, so that the caret stands below its character however wide they are shown.
  std::string below;
  for (const char c : line.substr(0, begin))
    if (is_character_start(c)) below += c == '\t' ? '\t' : ' ';
  out += fmt::format("  {} | {}{}{}\n", number, before, line.substr(0, end), behind);
  out += fmt::format("  {} | {}{}^\n", std::string(number.size(), ' '),
                     std::string(before.size(), ' '), below);
  return out;
}

std::string problems_as_json(const std::vector<problem>& all) {
  std::string out = "[";
  for (const auto& p : all) {
    out += &p == &all.front() ? "\n" : ",\n";
    out += "  {\"code\": ";
    append_json_string(out, p.code);
    out += p.severity == problem::level::error ? ", \"severity\": \"error\""
                                               : ", \"severity\": \"warning\"";
    out += ", \"file\": ";
    append_json_string(out, p.place.file ? *p.place.file : std::string());
    out +=
        fmt::format(", \"line\": {}, \"column\": {}, \"message\": ", p.place.line, p.place.column);
    append_json_string(out, p.text);
    out += '}';
  }
  return out + (all.empty() ? "]\n" : "\n]\n");
}

}  // namespace weir
