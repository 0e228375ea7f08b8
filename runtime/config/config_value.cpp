#include "runtime/config/config_value.hpp"

#include "runtime/base/text.hpp"

namespace weir {

source_place text_place::at(std::string_view text, std::size_t offset) const {
  source_place there = start;
  if (style == scalar_style::block) return there;
  if (style == scalar_style::quoted) ++there.column;
  for (std::size_t i = 0; i < offset && i < text.size(); ++i)
    if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) ++there.column;
  return there;
}

const config_value* config_value::find(std::string_view key) const {
  for (const auto& entry : entries)
    if (entry.key == key) return &entry.value;
  return nullptr;
}

std::string described(const config_value& value) {
  switch (value.what) {
    case config_value::kind::null: return "nothing";
    case config_value::kind::list: return "a list";
    case config_value::kind::map: return "a map";
    case config_value::kind::scalar: return quoted(value.text);
  }
  return {};
}

}  // namespace weir
