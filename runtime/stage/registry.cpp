#include "runtime/stage/registry.hpp"

#include <algorithm>
#include <tuple>

#include "runtime/base/check.hpp"

namespace weir {

registry::registry(std::vector<stage_type> types) {
  for (auto& type : types) add(std::move(type));
}

void registry::add(stage_type type) {
  WEIR_CHECK(find(type.name) == nullptr, "two stage types with one name");
  const auto order = [](const stage_type& t) { return std::tie(t.kind, t.name); };
  const auto after = std::find_if(types_.begin(), types_.end(), [&](const stage_type& known) {
    return order(type) < order(known);
  });
  types_.insert(after, std::move(type));
}

const stage_type* registry::find(std::string_view name) const {
  for (const auto& type : types_)
    if (type.name == name) return &type;
  return nullptr;
}

std::vector<std::string> registry::names() const {
  std::vector<std::string> list;
  for (const auto& type : types_) list.push_back(type.name);
  return list;
}

}  // namespace weir
