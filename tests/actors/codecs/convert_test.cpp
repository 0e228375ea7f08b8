#include "actors/codecs/convert.hpp"

#include <doctest/doctest.h>

#include "runtime/data/records.hpp"

using namespace weir;
using namespace weir::codecs;

TEST_CASE("a text is read as the type it is declared to be") {
  struct row {
    column_type type;
    const char *text, *json;
  };
  const row rows[] = {
      {column_type::int64, "17", "17"},
      {column_type::int64, "-9223372036854775808", "-9223372036854775808"},
      {column_type::int64, "1.5", nullptr},
      {column_type::int64, "", nullptr},
      {column_type::int64, " 1", nullptr},
      {column_type::float64, "1.50", "1.50"},
      {column_type::float64, "17", "17"},
      {column_type::float64, "+1.50", "1.5"},
      {column_type::float64, "nan", "\"NaN\""},
      {column_type::float64, "1,5", nullptr},
      {column_type::boolean, "true", "true"},
      {column_type::boolean, "FALSE", "false"},
      {column_type::boolean, "True", "true"},
      {column_type::boolean, "1", nullptr},
      {column_type::boolean, "tRUE", nullptr},
      {column_type::string, "any", "\"any\""},
      {column_type::string, "", "\"\""},
      {column_type::string, "\xFF", nullptr},
      {column_type::dynamic, "5", "\"5\""},
      {column_type::timestamp, "2026-03-01T00:00:00Z", "\"2026-03-01T00:00:00Z\""},
      {column_type::timestamp, "2026-03-01", nullptr},
      {column_type::duration, "90s", "\"90s\""},
      {column_type::duration, "90", nullptr},
      {column_type::bytes, "Zm9v", "\"Zm9v\""},
      {column_type::bytes, "Zm9", nullptr},
      {column_type::json, "{\"a\": 1}", "{\"a\": 1}"},
      {column_type::json, "{", nullptr},
  };
  for (const auto& row : rows) {
    const std::string what = row.text + (" as " + std::string(name_of(row.type)));
    CAPTURE(what);
    const auto value = convert(row.text, row.type);
    CHECK(value.has_value() == (row.json != nullptr));
    if (!value || row.json == nullptr) continue;
    column_builder builder;
    append_converted(builder, *value, row.text);
    std::string out;
    append_json(out, builder.finish()->at(0));
    CHECK(out == row.json);
  }
}

TEST_CASE("a mismatch names the column, the type and what was found") {
  CHECK(mismatch_reason("ts", "yesterday", column_type::timestamp) ==
        "column 'ts' is declared as timestamp; 'yesterday' is none, as '2026-03-01T12:00:00Z' is, "
        "or lies outside of 1677 to 2262");
}
