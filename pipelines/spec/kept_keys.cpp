#include "pipelines/spec/kept_keys.hpp"

#include <fmt/format.h>

#include <span>

namespace weir {
namespace {

struct kept_key {
  const char* name;
};

constexpr kept_key stage_kept[] = {
    {"window"},
};

void refuse(const config_value& from, std::span<const kept_key> kept, problems& found) {
  for (const auto& entry : from.entries)
    for (const auto& key : kept)
      if (entry.key == key.name)
        found.add("not-yet", entry.key_place,
                  fmt::format("'{}' is kept for a later version; leave it out", key.name));
}

std::vector<std::string> names_of(std::span<const kept_key> kept) {
  std::vector<std::string> names;
  for (const auto& key : kept) names.emplace_back(key.name);
  return names;
}

}  // namespace

std::vector<std::string> kept_stage_keys() { return names_of(stage_kept); }

void refuse_kept_stage_keys(const config_value& stage, problems& found) {
  refuse(stage, stage_kept, found);
}

}  // namespace weir
