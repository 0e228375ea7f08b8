#include "runtime/expression/node_numbers.hpp"

#include <fmt/format.h>

namespace weir {

using syntax::node_kind;

std::uint32_t node_numbers::number(const syntax::node& n, std::uint32_t scope) {
  // What is behind a comprehension's name is computed over items of its own.
  const bool opens = n.kind == node_kind::comprehension;
  const std::uint32_t inside = opens ? ++scopes_ : scope;
  std::string key = fmt::format("{}:{}:{}:{}", scope, static_cast<int>(n.kind),
                                static_cast<int>(n.op), static_cast<int>(n.loop));
  for (std::size_t i = 0; i < n.children.size(); ++i) {
    const std::uint32_t child = number(*n.children[i], opens && i > 0 ? inside : scope);
    key += fmt::format(",{}", child);
  }
  if (n.kind == node_kind::literal) {
    const auto& v = n.value;
    key += fmt::format(":{}:{}:{}:{}:{}", static_cast<int>(v.kind), v.boolean, v.int64, v.float64,
                       v.text);
  } else {
    key += ':' + n.name;
  }
  const auto [at, is_new] = known_.emplace(key, static_cast<std::uint32_t>(uses_.size()));
  if (is_new) uses_.push_back(0);
  ++uses_[at->second];
  numbers_[&n] = at->second;
  return at->second;
}

}  // namespace weir
