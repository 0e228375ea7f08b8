#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/support/parsed_texts.hpp"
#include "actors/support/text_parser.hpp"
#include "runtime/data/chunk.hpp"

namespace weir {

/// Parses the texts of one column of a chunk: strings, and nested values by their JSON text. Other
/// values and nulls are refused with `not-a-text`.
///
/// Memory:  texts that are parts of the column's share its buffers.
/// Threads: one thread at a time.
class column_parser {
 public:
  virtual ~column_parser() = default;
  /// `name` is the column's, for reasons; it may be missing from the chunk.
  virtual parsed_texts parse(const chunk& in, const std::string& name) = 0;
};

/// Parses by `form`; makes columns of the fields that are in `wanted`, of all if there is none.
std::unique_ptr<column_parser> make_field_parser(
    std::unique_ptr<text_parser> form, const std::optional<std::vector<std::string>>& wanted);

/// Parses JSON objects: a column for each key, of the types that `declared` has for it.
///
/// Errors: of texts, those of the codec `ndjson`: `not-json`, `type-mismatch`.
std::unique_ptr<column_parser> make_json_parser(std::vector<field> declared,
                                                std::optional<std::vector<std::string>> wanted);

}  // namespace weir
