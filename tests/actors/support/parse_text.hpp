#pragma once

#include <memory>
#include <optional>
#include <string>

#include "actors/support/text_parser.hpp"

namespace weir::testing {

/// What `parser` makes of one text that lies in a column.
inline parsed_texts parse_text(text_parser& parser, const std::string& text) {
  column_builder texts;
  texts.append_text(text);
  chunk::parts parts;
  parts.columns_schema =
      std::make_shared<const schema>(std::vector<field>{{"line", column_type::string, true}});
  parts.columns.push_back(texts.finish());
  parts.rows = 1;
  const auto in = make_chunk(std::move(parts));
  const text_rows rows(*in, "line");
  field_columns into(parser.fields(), std::nullopt);
  parsed_texts out;
  into.begin(rows.data(), rows.size());
  parser.parse(rows, into, out);
  out.records = into.finish();
  return out;
}

}  // namespace weir::testing
