#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weir::codecs {

/// What CSV can be told beside RFC 4180.
struct csv_options {
  char delimiter = ',';
  /// The columns' names; none: the first record of each input names them.
  std::optional<std::vector<std::string>> names = std::nullopt;
};

/// Appends `text` as a field, in quotes where RFC 4180 asks for them, and where it is empty, so
/// that it reads back as an empty text and not as null.
void append_csv_field(std::string& out, std::string_view text, char delimiter);

/// The same in any case in quotes.
void append_quoted_csv_field(std::string& out, std::string_view text);

/// The header's line without its end.
std::string csv_header(std::span<const std::string> names, char delimiter);

/// What the raw text of a CSV record means beyond its format: the delimiter, and the names in
/// order.
std::string csv_raw_header(std::span<const std::string> names, char delimiter);

/// The names in what `csv_raw_header` made.
/// Requires: `raw_header` is not empty.
std::vector<std::string> csv_raw_names(std::string_view raw_header);

}  // namespace weir::codecs
