#include "runtime/config/config_value.hpp"

#include <algorithm>
#include <iterator>

#include "runtime/base/text.hpp"

namespace weir {

source_place text_place::at(std::string_view text, std::size_t offset) const {
  offset = std::min(offset, text.size());
  source_place there = start;
  std::size_t from = 0;
  if (parts) {
    const auto after =
        std::upper_bound(parts->begin(), parts->end(), offset,
                         [](std::size_t o, const text_part& part) { return o < part.offset; });
    // Empty lines that a block begins with stand before its first part.
    if (after == parts->begin()) return there;
    const text_part& part = *std::prev(after);
    there.line = part.line;
    there.column = part.column;
    if (part.at_one_character) return there;
    from = part.offset;
  } else if (style == scalar_style::block) {
    return there;
  } else if (style == scalar_style::quoted) {
    ++there.column;
  }
  for (std::size_t i = from; i < offset; ++i)
    if (text[i] != '\n' && (static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) ++there.column;
  return there;
}

const config_value* config_value::find(std::string_view key) const {
  for (const auto& entry : entries)
    if (entry.key == key) return &entry.value;
  return nullptr;
}

std::string described(const config_value& value) {
  switch (value.what) {
    case config_value::kind::null:
      return "nothing";
    case config_value::kind::list:
      return "a list";
    case config_value::kind::map:
      return "a map";
    case config_value::kind::scalar:
      return quoted(value.text);
  }
  return {};
}

}  // namespace weir
