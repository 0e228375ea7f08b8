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

}  // namespace weir::codecs
