#pragma once

#include <optional>
#include <span>
#include <string>

#include "runtime/expression/syntax.hpp"

namespace weir {

/// What is known of a value's kind before any value is seen; none where it is dynamic.
using static_kind = std::optional<value_kind>;

struct typing {
  static_kind kind;
  bool fits = true;  ///< no: the operator or function has no meaning for such operands
};

/// The kind of `n`'s value from those of its children. Not for columns, whose kind is the schema's.
///
/// Division tells undeclared numbers from declared ones: it is integer division only where both
/// operands are known to be integers.
typing type_of(const syntax::node& n, std::span<const static_kind> children);

/// Whether the part behind the name is a condition, not yet the value of `map`.
/// Requires: `n` is a comprehension.
bool has_condition(const syntax::node& n);

/// Whether `==` can be true of such values.
bool comparable(static_kind a, static_kind b);

/// `int`, or `dynamic`.
std::string to_text(static_kind kind);

/// The kinds of the columns that stand for a record's place: `_file`, `_offset`, `_line`.
static_kind place_kind(std::string_view name);

}  // namespace weir
