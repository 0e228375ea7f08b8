#include "pipelines/assemble/option_place.hpp"

#include <optional>

namespace weir {
namespace {

std::optional<source_place> find_text(const config_value& in, std::string_view text) {
  if (in.is_scalar() && in.text == text) return in.place.start;
  for (const auto& item : in.items)
    if (const auto place = find_text(item, text)) return place;
  for (const auto& entry : in.entries) {
    if (entry.key == text) return entry.key_place;
    if (const auto place = find_text(entry.value, text)) return place;
  }
  return std::nullopt;
}

}  // namespace

option_place find_option_value(const stage_spec& stage, std::string_view text) {
  for (const auto& entry : stage.options.entries)
    if (const auto place = find_text(entry.value, text))
      return {"option '" + entry.key + "'", *place};
  return {"type '" + stage.type + "'", stage.place};
}

}  // namespace weir
