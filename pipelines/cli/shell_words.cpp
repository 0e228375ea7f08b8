#include "pipelines/cli/shell_words.hpp"

#include <algorithm>

namespace weir {

std::string shell_word(std::string_view text) {
  const bool is_plain = !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_-./=:,+@").find(c) != std::string_view::npos;
  });
  if (is_plain) return std::string(text);
  std::string word = "'";
  for (const char c : text) word += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return word + "'";
}

std::string shell_words(const file_arguments& given) {
  std::string words;
  for (const auto& param : given.params) words += " --param " + shell_word(param);
  for (const auto& setting : given.settings) words += " --set " + shell_word(setting);
  return words;
}

}  // namespace weir
