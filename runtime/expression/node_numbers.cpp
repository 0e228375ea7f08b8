#include "runtime/expression/node_numbers.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace weir {

using syntax::node_kind;

std::uint32_t node_numbers::number(const syntax::node& n, std::uint32_t scope) {
  // What is behind a comprehension's name is computed over items of its own.
  const bool opens = n.kind == node_kind::comprehension;
  const std::uint32_t inside = opens ? ++scopes_ : scope;
  std::string key = fmt::format("{}:{}:{}:{}", scope, static_cast<int>(n.kind),
                                static_cast<int>(n.op), static_cast<int>(n.loop));
  for (std::size_t i = 0; i < n.children.size(); ++i) {
    const bool is_part = opens && i > 0;
    if (is_part) variables_.push_back(n.name);
    key += fmt::format(",{}", number(*n.children[i], is_part ? inside : scope));
    if (is_part) variables_.pop_back();
  }
  if (n.kind == node_kind::literal) {
    const auto& v = n.value;
    key += fmt::format(":{}:{}:{}:{}:{}", static_cast<int>(v.kind), v.boolean, v.int64, v.float64,
                       v.text);
  } else {
    key += ':' + n.name;
  }
  const auto [at, is_new] = by_key_.emplace(key, static_cast<std::uint32_t>(known_.size()));
  numbers_[&n] = at->second;
  if (is_new) {
    facts about;
    learn(n, about);
    known_.push_back(about);
  }
  ++known_[at->second].uses;
  return at->second;
}

void node_numbers::learn(const syntax::node& n, facts& about) const {
  about.reads_columns = n.kind == node_kind::column;
  if (n.kind == node_kind::variable) {
    const auto nearest = std::find(variables_.rbegin(), variables_.rend(), n.name);
    about.outermost = static_cast<std::uint32_t>(variables_.rend() - nearest);
  }
  for (const auto& child : n.children) {
    const facts& part = known_[numbers_.at(child.get())];
    about.reads_columns = about.reads_columns || part.reads_columns;
    // A comprehension's own items are no longer free outside of it.
    if (part.outermost <= variables_.size())
      about.outermost = std::min(about.outermost, part.outermost);
  }
}

}  // namespace weir
