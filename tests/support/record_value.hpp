#pragma once

#include <cstdint>
#include <iosfwd>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/data/chunk.hpp"
#include "runtime/data/known_columns.hpp"

namespace weir::testing {

/// A value as tests compare it: as JSON, without order of keys, numbers by their value (1 is 1.0),
/// null the same as absent.
struct record_value {
  enum class kind : std::uint8_t { null, boolean, number, string, list, map };

  kind what = kind::null;
  bool boolean = false;
  std::string text;  ///< of a string, or as a number was written
  std::vector<record_value> items;
  std::map<std::string, record_value> entries;  ///< without nulls

  /// The value of a key; a null where there is none.
  const record_value& operator[](const std::string& key) const;
  bool operator==(const record_value& other) const;
};
using record_list = std::vector<record_value>;

/// `{"id":1}`, keys sorted.
std::string to_text(const record_value& value);
/// One record a line, in brackets.
std::string to_text(const record_list& list);
std::ostream& operator<<(std::ostream& out, const record_value& value);
std::ostream& operator<<(std::ostream& out, const record_list& list);

/// The records of a list in YAML's flow form (so also JSON): `[{id: 1}, {id: 2, "a b": x}]`.
record_list records(std::string_view text);

/// The records of a chunk.
record_list records_of(const chunk& from);

/// How records lie in a chunk, which no stage's result may depend on.
enum class layout : std::uint8_t {
  dense,      ///< every row is a record
  copies,     ///< a row beside each record, not selected, holds another of the records
  strangers,  ///< a row beside each record, not selected, holds values of another type
};

/// A chunk of records as a reader of NDJSON would make it: the columns of `declared` have their
/// types, the others are dynamic; raw text (where all is plain JSON) and places are there. Line
/// numbers start at `first_line` of the input `test`.
chunk_ptr chunk_of(const record_list& list, const std::vector<field>& declared = {},
                   layout form = layout::dense, std::uint64_t first_line = 1);

}  // namespace weir::testing
