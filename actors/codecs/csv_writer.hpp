#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/codecs/last_timestamp.hpp"
#include "actors/codecs/open_column.hpp"
#include "actors/codecs/record_writer.hpp"
#include "runtime/data/known_columns.hpp"

namespace weir::codecs {

/// What CSV is written like.
struct csv_writer_options {
  char delimiter = ',';
  /// The columns to write, in order; others are left out. None: those of the first record and
  /// those that are known, and a record with another key is refused.
  std::optional<std::vector<std::string>> columns = std::nullopt;
  /// What is known of the records before the first.
  known_columns known = {};
  /// Whether the names are written first; not where they already stand in what is appended to.
  bool header = true;
};

/// Writes CSV by RFC 4180, with LF for line ends. Null is an empty field, an empty text a quoted
/// one.
class csv_writer final : public record_writer {
 public:
  explicit csv_writer(csv_writer_options options);

  void write(const chunk& from, text_buffer& out, std::vector<refused_record>& refused) override;
  std::unique_ptr<record_writer> beside() const override;
  void finish(text_buffer& out) override;

 private:
  void learn_columns(const chunk& from);
  void settle_columns(std::vector<std::string> names, bool with_known);
  void write_header(text_buffer& out);
  void meet(const chunk& from);
  const std::string* strange_key(const chunk& from, std::uint32_t row) const;
  char* put_record(text_buffer& out, char* at, std::uint32_t row);

  csv_writer_options options_;
  last_timestamp last_time_;
  bool given_;  // the columns were given, not learnt
  bool header_written_ = false;
  std::string raw_header_;
  column_ptr nothing_ = column::nulls(0);  // in the place of a column that a chunk has not
  // Of the chunk at hand: the column to write in each place, and those that have no place.
  std::vector<open_column> columns_;
  std::vector<std::size_t> strange_;
};

}  // namespace weir::codecs
