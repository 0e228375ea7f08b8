#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "runtime/data/column_path.hpp"
#include "runtime/data/known_columns.hpp"

namespace weir {

/// What is wrong with an expression, and at which of its characters.
struct expression_problem {
  std::string code;        ///< stable: `unknown-function`, `unknown-column`, `type-mismatch`, ...
  std::size_t offset = 0;  ///< in bytes from the start of the expression's text
  std::size_t length = 1;  ///< bytes to underline
  std::string text;        ///< what was found, what is allowed, the nearest right thing
};

namespace syntax {
struct node;
}

/// An expression in the Common Expression Language with Weir's stated differences, parsed.
/// Immutable and shared: copying is cheap.
///
/// Threads: may be used from any number of threads.
class expression {
 public:
  /// Parses `text` and checks what needs no columns: syntax, names of functions, numbers of
  /// arguments, types of literals. At least one problem where it fails, in order of offset.
  static tl::expected<expression, std::vector<expression_problem>> parse(std::string_view text);

  const std::string& text() const { return *text_; }
  const syntax::node& root() const { return *root_; }

  struct column_use {
    column_path path;
    std::size_t offset = 0;
  };
  /// The columns that a value depends on, each once, in order of first use. The names `_file`,
  /// `_offset` and `_line`, which stand for the record's place, are not among them.
  const std::vector<column_use>& columns() const { return columns_; }

 private:
  friend struct expression_access;
  std::shared_ptr<const std::string> text_;
  std::shared_ptr<const syntax::node> root_;
  std::vector<column_use> columns_;
};

/// What is found when an expression meets known columns.
struct checked_expression {
  column_type type = column_type::dynamic;  ///< of the value; dynamic where it can't be known
  std::vector<expression_problem> problems;
};

/// Checks `what` against the columns it will meet: unknown columns (where all are known), types of
/// operands and arguments. `wanted` is the type its value must have, if one is asked for.
checked_expression check(const expression& what, const known_columns& columns,
                         std::optional<column_type> wanted = std::nullopt);

}  // namespace weir
