#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "runtime/data/column_builder.hpp"
#include "runtime/data/type.hpp"

namespace weir::codecs {

/// A value of a declared type, read from its text.
struct converted_value {
  value_kind kind = value_kind::null;
  std::int64_t int64 = 0;  ///< also timestamps, durations; of booleans 0 or 1
  double float64 = 0;
  bool keeps_text =
      false;  ///< a double whose text is a number in JSON too: it is written as it came
};

/// Reads all of `text` as `type`: `int` and `double` in decimal, `bool` as `true` or `false` (also
/// `True`, `TRUE`), `timestamp` by RFC 3339, `duration` as in `1m30s`, `bytes` in base64, `json` as
/// any JSON, `string` and `dynamic` as UTF-8. None if it does not fit.
///
/// Of strings, bytes and json the value is the text itself (of bytes, what it stands for): see
/// `append_converted`.
std::optional<converted_value> convert(std::string_view text, column_type type);

/// Appends what `convert` read from `text`, copying what must be kept of it.
void append_converted(column_builder& out, const converted_value& value, std::string_view text);

/// The reason for refusing a record whose `column` holds `found`, which is not of `type`.
std::string mismatch_reason(std::string_view column, std::string_view found, column_type type);

}  // namespace weir::codecs
