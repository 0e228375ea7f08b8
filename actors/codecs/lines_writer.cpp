#include "actors/codecs/lines_writer.hpp"

#include <fmt/format.h>

#include "runtime/base/text.hpp"
#include "runtime/data/records.hpp"

namespace weir::codecs {

void lines_writer::write_column(const chunk& from, text_buffer& out,
                                std::vector<refused_record>& refused) {
  const column* values = from.find(*column_);
  from.each_row([&](std::uint32_t row) {
    const value_view value = values == nullptr ? value_view() : values->at(row);
    if (value.kind == value_kind::null) {
      refused.push_back(
          {row, "no-value", fmt::format("the record has no column {}", quoted(*column_))});
      return;
    }
    if (value.kind != value_kind::string) {
      out.append_by([&](std::string& text) { append_json(text, value); });
    } else if (value.text.find('\n') != std::string_view::npos) {
      refused.push_back(
          {row, "line-end",
           fmt::format("the text of column {} has more than one line", quoted(*column_))});
      return;
    } else {
      out += value.text;
    }
    out += '\n';
  });
}

void lines_writer::write_raw(const chunk& from, text_buffer& out,
                             std::vector<refused_record>& refused) {
  const auto& raw = from.raw();
  from.each_row([&](std::uint32_t row) {
    if (!raw) {
      refused.push_back({row, "no-value", "the record no longer has the text it was read from"});
      return;
    }
    out += raw->text->string(row);
    out += '\n';
  });
}

void lines_writer::write(const chunk& from, text_buffer& out,
                         std::vector<refused_record>& refused) {
  if (column_) {
    write_column(from, out, refused);
  } else {
    write_raw(from, out, refused);
  }
}

}  // namespace weir::codecs
