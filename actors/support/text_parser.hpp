#pragma once

#include <memory>
#include <string>
#include <vector>

#include "actors/support/field_columns.hpp"
#include "actors/support/parsed_texts.hpp"
#include "runtime/base/result.hpp"

namespace weir {

/// Finds the values of the same fields in the texts of a column.
///
/// Threads: one thread at a time.
class text_parser {
 public:
  virtual ~text_parser() = default;

  virtual const std::vector<field>& fields() const = 0;
  /// Adds a row to `into`, whose chunk was begun, for each text that is of the form, and tells in
  /// `out` which rows of `texts` these are, and why the others are not.
  virtual void parse(const text_rows& texts, field_columns& into, parsed_texts& out) = 0;
};

/// A parser by a regular expression in RE2's syntax, whose named groups, `(?<name>...)` or
/// `(?P<name>...)`, are the fields. It may match anywhere in a text. `types` are types of fields,
/// the others are strings; a group that takes no part in the match is null.
///
/// Errors: `pattern` if it is no regular expression, or has no named group, or one name twice.
///         Of texts: `no-match`, `type-mismatch`.
result<std::unique_ptr<text_parser>> make_regex_parser(const std::string& pattern,
                                                       const std::vector<field>& types);

/// A parser of the combined log format of Apache's and other web servers: the fields `host ident
/// user time method path protocol status bytes referer user_agent`. A `-` is null; so are the last
/// two of the common log format, which lacks them. A request that is not of three words is split
/// as far as it goes: what is neither method nor protocol is the path.
///
/// Errors: of texts: `not-apache-combined` with the field that does not fit.
std::unique_ptr<text_parser> make_apache_combined_parser();

}  // namespace weir
