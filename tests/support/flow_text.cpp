#include "tests/support/flow_text.hpp"

#include <fmt/format.h>

#include <stdexcept>

#include "pipelines/spec/yaml_reader.hpp"

namespace weir::testing {

config_value read_flow(std::string_view text) {
  problems found;
  auto value = read_yaml(text, "", found);
  if (value && found.all().empty()) return *std::move(value);
  std::string texts;
  for (const auto& p : found.all()) texts += to_text(p) + "; ";
  throw std::invalid_argument(fmt::format("{}in: {}", texts, text));
}

}  // namespace weir::testing
