#include "pipelines/assemble/option_place.hpp"

#include <algorithm>
#include <optional>

namespace weir {
namespace {

std::optional<source_place> find_text(const config_value& in, std::string_view text,
                                      std::size_t& before) {
  if (in.is_scalar() && in.text == text && before-- == 0) return in.place.start;
  for (const auto& item : in.items)
    if (auto place = find_text(item, text, before)) return place;
  for (const auto& entry : in.entries)
    if (auto place = find_text(entry.value, text, before)) return place;
  return std::nullopt;
}

bool names_columns(const stage_type& type, const std::string& option) {
  return std::any_of(type.options.begin(), type.options.end(), [&](const option_declaration& o) {
    return o.name == option && o.type.find("column") != std::string::npos;
  });
}

}  // namespace

option_place find_option_value(const stage_spec& stage, std::string_view text) {
  std::size_t before = 0;
  for (const auto& entry : stage.options.entries)
    if (auto place = find_text(entry.value, text, before))
      return {"option '" + entry.key + "'", *place};
  return {"type '" + stage.type + "'", stage.place};
}

option_place find_column(const draft_stage& stage, std::string_view text, std::size_t before) {
  for (const auto& entry : stage.spec->options.entries) {
    if (!names_columns(*stage.type, entry.key)) continue;
    if (auto place = find_text(entry.value, text, before))
      return {"option '" + entry.key + "'", *place};
  }
  return {"type '" + stage.spec->type + "'", stage.spec->place};
}

}  // namespace weir
