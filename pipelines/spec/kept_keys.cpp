#include "pipelines/spec/kept_keys.hpp"

#include <fmt/format.h>

#include <span>

namespace weir {
namespace {

struct kept_key {
  const char* name;
  const char* allowed;  // the only value in this version; none where the key is not taken at all
};

constexpr kept_key stage_kept[] = {
    {"retry", nullptr},
    {"timeout", nullptr},
    {"max_duration", nullptr},
    {"window", nullptr},
};

constexpr kept_key file_kept[] = {
    {"strategy", "one_for_one"},
};

void refuse(const config_value& from, std::span<const kept_key> kept, problems& found) {
  for (const auto& entry : from.entries)
    for (const auto& key : kept) {
      if (entry.key != key.name) continue;
      if (key.allowed == nullptr)
        found.add("not-yet", entry.key_place,
                  fmt::format("'{}' is kept for a later version; leave it out", key.name));
      else if (!entry.value.is_scalar() || entry.value.text != key.allowed)
        found.add("not-yet", entry.value.place.start,
                  fmt::format("'{}' takes '{}' in this version, not {}", key.name, key.allowed,
                              described(entry.value)));
    }
}

std::vector<std::string> names_of(std::span<const kept_key> kept) {
  std::vector<std::string> names;
  for (const auto& key : kept) names.emplace_back(key.name);
  return names;
}

}  // namespace

std::vector<std::string> kept_stage_keys() { return names_of(stage_kept); }

std::vector<std::string> kept_file_keys() { return names_of(file_kept); }

void refuse_kept_stage_keys(const config_value& stage, problems& found) {
  refuse(stage, stage_kept, found);
}

void refuse_kept_file_keys(const config_value& file, problems& found) {
  refuse(file, file_kept, found);
}

}  // namespace weir
