#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/result.hpp"
#include "runtime/data/chunk.hpp"

namespace weir {

/// Appends `text` as a JSON string with its quotes; what is not UTF-8 becomes U+FFFD.
void append_json_string(std::string& out, std::string_view text);

/// Appends one value as JSON. Numbers that nobody computed are written with the text they came
/// with; timestamps by RFC 3339 in UTC (`"2026-03-01T00:00:00.25Z"`); durations as seconds
/// (`"1.5s"`); bytes in base64; a double that is not finite as `"NaN"`, `"Infinity"`,
/// `"-Infinity"`.
void append_json(std::string& out, const value_view& value);

/// How a record is written as JSON.
enum class nulls_written : bool { no, yes };

/// Appends the record in physical row `row` as one JSON object without a line end, its keys in the
/// record's own order.
void append_json_record(std::string& out, const chunk& from, std::size_t row,
                        nulls_written nulls = nulls_written::no);

/// RFC 3339 in UTC with as many decimals of a second as are needed (none, 3, 6 or 9).
std::string timestamp_text(std::int64_t nanoseconds);
/// CEL's form, seconds with as many decimals as are needed: `1.5s`, `-0.25s`, `3600s`.
std::string duration_text(std::int64_t nanoseconds);
/// Nanoseconds since 1970 of an RFC 3339 text with any offset.
result<std::int64_t> parse_timestamp(std::string_view text);

/// The chunk of the JSON objects in `lines` (NDJSON), every column dynamic: for tests, replays and
/// small input. The fast reader is the codec `ndjson`.
///
/// Errors: `not-json` with the number of the line.
result<chunk_ptr> chunk_of_json(std::string_view lines);

}  // namespace weir
