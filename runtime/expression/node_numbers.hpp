#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "runtime/expression/syntax.hpp"

namespace weir {

/// Numbers the nodes of a tree so that those which compute the same over the same rows have one
/// number: the same text within the same comprehension.
class node_numbers {
 public:
  explicit node_numbers(const syntax::node& root) { number(root, 0); }

  std::uint32_t of(const syntax::node& n) const { return numbers_.at(&n); }
  /// How often a node of that number stands in the tree.
  std::uint32_t uses(std::uint32_t number) const { return uses_[number]; }

 private:
  std::uint32_t number(const syntax::node& n, std::uint32_t scope);

  std::map<std::string, std::uint32_t> known_;
  std::unordered_map<const syntax::node*, std::uint32_t> numbers_;
  std::vector<std::uint32_t> uses_;
  std::uint32_t scopes_ = 0;
};

}  // namespace weir
