#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/data/type.hpp"

namespace weir {

/// A column's name and declared type (`dynamic` where nobody declared one).
struct field {
  std::string name;
  column_type type = column_type::dynamic;
  /// Whether the stream's first record has the column by its origin, be its value null: a column of
  /// a CSV file, or one that was computed. Without it a null may stand for a key that came later.
  bool always = false;

  bool operator==(const field&) const = default;
};

/// The columns of a chunk, in order. Names are distinct.
class schema {
 public:
  schema() = default;
  explicit schema(std::vector<field> fields) : fields_(std::move(fields)) {}

  const std::vector<field>& fields() const { return fields_; }
  std::size_t size() const { return fields_.size(); }
  const field& operator[](std::size_t index) const { return fields_[index]; }
  /// Once a chunk, not once a record: looks at the names one by one.
  std::optional<std::size_t> find(std::string_view name) const;

  bool operator==(const schema&) const = default;

 private:
  std::vector<field> fields_;
};

using schema_ptr = std::shared_ptr<const schema>;

}  // namespace weir
