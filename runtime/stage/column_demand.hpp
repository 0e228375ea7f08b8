#pragma once

#include <set>
#include <string>

namespace weir {

/// What the stages below want of the records on an edge, planned before the start.
struct column_demand {
  /// Every column there is.
  bool all = false;
  /// Columns by name; what is not among them need not be read.
  std::set<std::string> columns;
  /// Formats in which the whole record as raw text would do instead of `all`: a writer of NDJSON
  /// takes `ndjson`. A reader of another format gives all columns.
  std::set<std::string> raw_formats;
  /// Those of `columns` that are wanted only where a record has them: that none does is no mistake.
  std::set<std::string> where_present = {};

  /// Adds what another reader of the same records wants.
  void add(const column_demand& other) {
    all = all || other.all;
    std::erase_if(where_present, [&](const auto& name) { return other.needs(name); });
    for (const auto& name : other.where_present)
      if (!needs(name)) where_present.insert(name);
    columns.insert(other.columns.begin(), other.columns.end());
    raw_formats.insert(other.raw_formats.begin(), other.raw_formats.end());
  }
  /// Whether a record without that column would lack something.
  bool needs(const std::string& name) const {
    return columns.contains(name) && !where_present.contains(name);
  }
  static column_demand everything() { return {.all = true, .columns = {}, .raw_formats = {}}; }

  bool operator==(const column_demand&) const = default;
};

}  // namespace weir
