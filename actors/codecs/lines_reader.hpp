#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "actors/codecs/record_reader.hpp"
#include "actors/codecs/row_marks.hpp"
#include "runtime/data/column_builder.hpp"

namespace weir::codecs {

/// Reads text: each line is a record with the one column `line`, without its end (LF or CRLF). A
/// line that is not UTF-8 is a bad record; an empty one is a record with an empty text. A byte
/// order mark is skipped.
class lines_reader final : public record_reader {
 public:
  explicit lines_reader(reader_options options);

  result<read_records> read(raw_block& from) override;

 private:
  bool take_lines(raw_block& front, std::uint32_t shared, std::span<const std::uint32_t> ends);
  void take_line(raw_block& front, std::uint32_t shared, std::uint32_t end, bool is_utf8,
                 std::vector<bad_record>& bad);

  reader_options options_;
  bool wanted_;
  schema_ptr schema_;
  row_marks marks_;
  column_builder values_;
};

}  // namespace weir::codecs
