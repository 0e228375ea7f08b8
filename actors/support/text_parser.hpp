#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/result.hpp"
#include "runtime/data/column.hpp"
#include "runtime/data/schema.hpp"

namespace weir {

/// Finds the values of the same fields in one text after the other.
///
/// Threads: one thread at a time.
class text_parser {
 public:
  virtual ~text_parser() = default;

  virtual const std::vector<field>& fields() const = 0;
  /// Gives a value for each field; texts are views into `text`.
  /// Errors: the text is not of the form; then the values are unspecified.
  /// Requires: it lies in a column's buffer (`buffer::padding`).
  virtual result<void> parse(std::string_view text, std::span<value_view> into) = 0;
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
