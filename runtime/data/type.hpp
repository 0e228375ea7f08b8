#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace weir {

/// The type of a column as a pipeline knows it before any record is seen.
///
/// `dynamic` is the type of every undeclared column: each of its values has a type of its own, by
/// its own text alone.
enum class column_type : std::uint8_t {
  dynamic,
  boolean,
  int64,
  float64,
  timestamp,  ///< int64 nanoseconds since 1970-01-01T00:00:00Z
  duration,   ///< int64 nanoseconds
  string,     ///< UTF-8
  bytes,
  json,  ///< a list or map, kept as its JSON text
};

/// The type of one value.
enum class value_kind : std::uint8_t {
  null,  ///< also what is absent
  boolean,
  int64,
  float64,
  timestamp,
  duration,
  string,
  bytes,
  json,
};

/// The word for a type in YAML, messages and manuals: `int`, `double`, `string`, ...
std::string_view name_of(column_type type);
std::string_view name_of(value_kind kind);
std::optional<column_type> column_type_named(std::string_view name);

/// The kind of value that a column of a declared type holds.
/// Requires: type != dynamic.
value_kind kind_of(column_type type);
/// The declared type whose columns hold `kind`; `dynamic` for null.
column_type type_of(value_kind kind);

}  // namespace weir
