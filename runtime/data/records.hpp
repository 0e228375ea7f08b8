#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/result.hpp"
#include "runtime/data/chunk.hpp"
#include "runtime/data/column_builder.hpp"
#include "runtime/data/time_text.hpp"

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

/// Appends the value that a JSON text stands for, by its own text alone: a whole number that fits
/// is an int64, any other number a float64 that keeps its text; lists and maps are json.
/// Requires: `check_json` accepts `text`, and no white space is around it.
void append_json_value(column_builder& out, std::string_view text);

/// The chunk of the JSON objects in `lines` (NDJSON), every column dynamic: for tests, replays and
/// small input. The fast reader is the codec `ndjson`.
///
/// Errors: `not-json` with the number of the line.
result<chunk_ptr> chunk_of_json(std::string_view lines);

}  // namespace weir
