#pragma once

#include <vector>

#include "runtime/data/schema.hpp"

namespace weir {

/// What is known of the columns on an edge before any record is seen.
struct known_columns {
  std::vector<field> fields;
  /// Whether there are no others: then a column that is not listed is a mistake.
  bool complete = false;

  const field* find(std::string_view name) const {
    for (const auto& f : fields)
      if (f.name == name) return &f;
    return nullptr;
  }
};

/// What is known where records of several origins come together.
known_columns united(const known_columns& a, const known_columns& b);

}  // namespace weir
