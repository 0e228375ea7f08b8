#include "actors/codecs/csv_format.hpp"

#include <algorithm>

namespace weir::codecs {

void append_csv_field(std::string& out, std::string_view text, char delimiter) {
  const char special[] = {delimiter, '"', '\n', '\r'};
  // A byte order mark would be skipped where the field is the first of a file.
  if (!text.empty() && !text.starts_with("\xEF\xBB\xBF") &&
      text.find_first_of(std::string_view(special, sizeof special)) == std::string_view::npos) {
    out += text;
    return;
  }
  append_quoted_csv_field(out, text);
}

void append_quoted_csv_field(std::string& out, std::string_view text) {
  out += '"';
  for (;;) {
    const auto quote = text.find('"');
    out += text.substr(0, quote);
    if (quote == std::string_view::npos) break;
    out += "\"\"";
    text.remove_prefix(quote + 1);
  }
  out += '"';
}

std::string csv_header(std::span<const std::string> names, char delimiter) {
  std::string line;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) line += delimiter;
    append_csv_field(line, names[i], delimiter);
  }
  return line;
}

std::string csv_raw_header(std::span<const std::string> names, char delimiter) {
  return delimiter + csv_header(names, delimiter);
}

std::vector<std::string> csv_raw_names(std::string_view raw_header) {
  const char delimiter = raw_header.front();
  std::vector<std::string> names;
  std::string_view rest = raw_header;
  while (!rest.empty()) {
    rest.remove_prefix(1);  // the delimiter
    std::string& name = names.emplace_back();
    if (!rest.starts_with('"')) {
      name = rest.substr(0, rest.find(delimiter));
      rest.remove_prefix(name.size());
      continue;
    }
    for (rest.remove_prefix(1);;) {
      const auto quote = std::min(rest.find('"'), rest.size());
      name += rest.substr(0, quote);
      rest.remove_prefix(std::min(quote + 1, rest.size()));
      if (!rest.starts_with('"')) break;
      name += '"';
      rest.remove_prefix(1);
    }
  }
  return names;
}

}  // namespace weir::codecs
