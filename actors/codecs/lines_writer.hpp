#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/codecs/record_writer.hpp"

namespace weir::codecs {

/// Writes one column of each record as a line: texts as they are, other values as in JSON. Or the
/// text that the record was read from, whatever its format.
///
/// Refuses a record without that value (`no-value`), and a text that would make more than one line
/// (`line-end`).
class lines_writer final : public record_writer {
 public:
  /// `column`: none for the text that records were read from.
  explicit lines_writer(std::optional<std::string> column = "line") : column_(std::move(column)) {}

  void write(const chunk& from, text_buffer& out, std::vector<refused_record>& refused) override;
  std::unique_ptr<record_writer> beside() const override {
    return std::make_unique<lines_writer>(column_);
  }

 private:
  void write_column(const chunk& from, text_buffer& out, std::vector<refused_record>& refused);
  void write_raw(const chunk& from, text_buffer& out, std::vector<refused_record>& refused);

  std::optional<std::string> column_;
};

}  // namespace weir::codecs
