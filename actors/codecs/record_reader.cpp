#include "actors/codecs/record_reader.hpp"

#include <algorithm>

namespace weir::codecs {

bool reader_options::wants(std::string_view name) const {
  return !columns || std::find(columns->begin(), columns->end(), name) != columns->end();
}

column_type reader_options::type_of(std::string_view name) const {
  for (const auto& f : declared)
    if (f.name == name) return f.type;
  return column_type::dynamic;
}

std::optional<std::string> utf16_reason(std::string_view head) {
  if (!head.starts_with("\xFF\xFE") && !head.starts_with("\xFE\xFF")) return std::nullopt;
  return "the file is UTF-16; records are UTF-8, as 'iconv -f UTF-16 -t UTF-8' makes them";
}

}  // namespace weir::codecs
