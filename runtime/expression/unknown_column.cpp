#include "runtime/expression/unknown_column.hpp"

#include <fmt/format.h>

#include <vector>

#include "runtime/base/text.hpp"

namespace weir {

std::string unknown_column(std::string_view name, const known_columns& columns) {
  constexpr std::size_t listed_max = 8;
  std::vector<std::string> names;
  for (const auto& f : columns.fields) names.push_back(f.name);
  std::string text = fmt::format("unknown column {}", quoted(name));
  if (names.empty()) return text + "; there are no columns";
  if (names.size() > listed_max) return text + did_you_mean(name, names);
  if (names.size() == 1) {
    const std::string meant = did_you_mean(name, names);
    return text +
           (meant.empty() ? fmt::format("; the only column is {}", quoted(names[0])) : meant);
  }
  return text + did_you_mean(name, names, "columns");
}

}  // namespace weir
