#pragma once

#include <cstdint>
#include <limits>
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
  std::uint32_t uses(std::uint32_t number) const { return known_[number].uses; }
  /// Whether its value is the same for every record and item.
  bool is_fixed(std::uint32_t number) const {
    return !known_[number].reads_columns && known_[number].outermost == none;
  }

 private:
  static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();

  struct facts {
    std::uint32_t uses = 0;
    bool reads_columns = false;
    std::uint32_t outermost = none;  // of the comprehensions around whose items it reads
  };

  std::uint32_t number(const syntax::node& n, std::uint32_t scope);
  void learn(const syntax::node& n, facts& about) const;

  std::map<std::string, std::uint32_t> by_key_;
  std::unordered_map<const syntax::node*, std::uint32_t> numbers_;
  std::vector<facts> known_;
  std::vector<std::string> variables_;  // of the comprehensions around
  std::uint32_t scopes_ = 0;
};

}  // namespace weir
