#include "pipelines/spec/settings.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "pipelines/spec/yaml_reader.hpp"
#include "runtime/base/text.hpp"

namespace weir {
namespace {

// An argument has no lines: every place within it is the argument itself.
void place_at(const source_place& argument, config_value& value) {
  value.place = {argument, value.place.style,
                 std::make_shared<const std::vector<text_part>>(1, text_part{0, 0, 0, true})};
  for (auto& item : value.items) place_at(argument, item);
  for (auto& entry : value.entries) {
    entry.key_place = argument;
    place_at(argument, entry.value);
  }
}

std::optional<config_value> read_value(const std::string& text, const source_place& argument,
                                       problems& found) {
  problems in_value;
  auto value = read_yaml(text, "", in_value);
  for (const auto& p : in_value.all()) found.add(p.code, argument, p.text);
  if (value) place_at(argument, *value);
  return value;
}

void put(config_value& stage, const std::string& key, const source_place& argument,
         config_value value) {
  for (auto& entry : stage.entries)
    if (entry.key == key) {
      entry.value = std::move(value);
      entry.key_place = argument;
      return;
    }
  stage.entries.push_back({key, argument, std::move(value)});
}

void apply(const std::string& setting, const std::vector<stage_head>& heads,
           std::vector<config_value>& stages, problems& found) {
  source_place argument;
  argument.file = std::make_shared<const std::string>("--set " + setting);
  const auto equals = setting.find('=');
  const auto dot = setting.find('.');
  if (equals == std::string::npos || dot == std::string::npos || dot > equals || dot == 0 ||
      dot + 1 == equals) {
    found.add("odd-argument", argument, "write it as 'stage.option=value'");
    return;
  }
  const std::string stage = setting.substr(0, dot);
  const std::string key = setting.substr(dot + 1, equals - dot - 1);
  std::vector<std::string> names;
  for (const auto& head : heads)
    if (!head.name.empty()) names.push_back(head.name);
  const auto at = std::find_if(heads.begin(), heads.end(),
                               [&](const stage_head& h) { return h.name == stage; });
  if (at == heads.end()) {
    found.add(
        "unknown-stage", argument,
        fmt::format("unknown stage {}{}", quoted(stage), did_you_mean(stage, names, "stages")));
    return;
  }
  if (key == "name" || key == "type") {
    found.add("odd-argument", argument,
              fmt::format("'{}' can't be set; it says which stage this is", key));
    return;
  }
  auto value = read_value(setting.substr(equals + 1), argument, found);
  if (value) put(stages[static_cast<std::size_t>(at - heads.begin())], key, argument, *value);
}

}  // namespace

void apply_settings(const std::vector<std::string>& settings, const std::vector<stage_head>& heads,
                    std::vector<config_value>& stages, problems& found) {
  for (const auto& setting : settings) apply(setting, heads, stages, found);
}

}  // namespace weir
