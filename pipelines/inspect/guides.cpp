#include "pipelines/inspect/guides.hpp"

#include <array>
#include <utility>
#include <vector>

#include "pipelines/inspect/manual_layout.hpp"

namespace weir {
namespace {

constexpr std::array all_guides{
    guide{"pipeline", "How a pipeline file is written.", pipeline_guide},
    guide{"expressions", "How conditions and computed columns are written.", expression_guide},
};

}  // namespace

std::span<const guide> guides() { return all_guides; }

const guide* find_guide(std::string_view name) {
  for (const auto& g : all_guides)
    if (g.name == name) return &g;
  return nullptr;
}

std::string list_of_guides(std::size_t width) {
  std::vector<std::pair<std::string, std::string>> rows;
  for (const auto& g : all_guides) rows.emplace_back(g.name, g.summary);
  return "guides\n" + two_columns(rows, 2, width);
}

}  // namespace weir
