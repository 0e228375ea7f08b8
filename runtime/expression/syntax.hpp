#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/data/type.hpp"
#include "runtime/expression/macros.hpp"

namespace weir {

struct function_entry;

/// An expression as a tree. Nodes are immutable once parsed, and every node knows its characters.
namespace syntax {

enum class node_kind : std::uint8_t {
  literal,        ///< `value`
  column,         ///< `name`
  select,         ///< `name` of the one child: `a.b`
  index,          ///< first child at the second: `a["b"]`, `a[0]`
  unary,          ///< `operation` on the one child
  binary,         ///< `operation` on two children
  conditional,    ///< condition, then, else
  list,           ///< the children
  map,            ///< the children, each key before its value
  variable,       ///< `name` of the nearest comprehension around that gives it
  call,           ///< `name` with the children as arguments, a method's target first
  comprehension,  ///< `loop` over the first child's items by `name`: condition, or condition and
                  ///< value; of `map` with one part, the value alone
};

enum class operation : std::uint8_t {
  logical_or,
  logical_and,
  logical_not,
  negate,
  equal,
  not_equal,
  less,
  less_equal,
  greater,
  greater_equal,
  in,
  add,
  subtract,
  multiply,
  divide,
  remainder,
};

/// `==`, `in`, `!`: as it is written.
std::string_view name_of(operation op);

/// A value that stands in the text.
struct literal {
  value_kind kind = value_kind::null;
  bool boolean = false;
  std::int64_t int64 = 0;
  double float64 = 0;
  std::string text;  ///< of string and bytes
};

struct node;
using node_ptr = std::shared_ptr<const node>;

struct node {
  /// The longest way from a root to a leaf, so that walking a tree can't exhaust the stack.
  static constexpr std::uint32_t height_max = 250;

  node_kind kind = node_kind::literal;
  operation op = operation::add;
  macro loop = macro::all;
  std::uint32_t height = 1;
  std::size_t offset = 0;  ///< of the whole node, in bytes from the start of the text
  std::size_t length = 0;
  std::size_t name_offset = 0;  ///< of the name or operator that problems point at
  std::size_t name_length = 0;
  std::string name;
  literal value;
  const function_entry* function = nullptr;  ///< of a call; null for an aggregate function
  std::vector<node_ptr> children;
};

}  // namespace syntax
}  // namespace weir
