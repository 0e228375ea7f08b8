#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "actors/codecs/record_writer.hpp"

namespace weir {

/// Writes records as a table for people: aligned columns, numbers to the right, long texts cut.
///
/// The first rows decide the columns and their widths: up to `rows_looked_at` of them are kept back
/// until `finish` or `let_go`. A record with a column that is not among them begins another table.
/// Refuses nothing.
///
/// Memory:  the rows kept back.
/// Threads: one thread at a time.
class text_table final : public codecs::record_writer {
 public:
  static constexpr std::size_t rows_looked_at = 200;
  /// Characters of a value that are shown.
  static constexpr std::size_t value_width_max = 60;

  void write(const chunk& from, text_buffer& out,
             std::vector<codecs::refused_record>& refused) override;
  void finish(text_buffer& out) override { let_go(out); }
  /// Appends the rows that were kept back.
  void let_go(text_buffer& out);

 private:
  struct table_column {
    std::string name;
    std::size_t width = 0;
    bool numbers = true;  // no other value so far
  };
  struct table_cell {
    std::string text;
    bool number = false;
  };
  using table_row = std::vector<table_cell>;

  bool take_columns(const chunk& from);
  void append_row(const table_row& row, text_buffer& out) const;
  void append_header(text_buffer& out) const;

  std::vector<table_column> columns_;
  std::vector<table_row> kept_;
  bool header_written_ = false;
};

}  // namespace weir
