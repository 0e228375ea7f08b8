#include "actors/codecs/ndjson_writer.hpp"

namespace weir::codecs {

void ndjson_writer::learn_keys(const schema_ptr& columns) {
  if (known_ == columns) return;
  known_ = columns;
  keys_.clear();
  for (const auto& f : columns->fields()) {
    append_json_string(keys_.emplace_back(), f.name);
    keys_.back() += ':';
  }
}

void ndjson_writer::append_record(const chunk& from, std::uint32_t row, std::string& out) const {
  const std::size_t begin = out.size();
  const auto& columns = from.columns();
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const auto value = columns[i]->at(row);
    if (value.kind == value_kind::null && nulls_ == nulls_written::no) continue;
    out += out.size() == begin ? '{' : ',';
    out += keys_[i];
    append_json(out, value);
  }
  out += out.size() == begin ? "{}\n" : "}\n";
}

void ndjson_writer::write(const chunk& from, std::string& out,
                          std::vector<refused_record>& /*refused*/) {
  // A raw record has its nulls where it was written with them, and no others.
  const auto& raw = from.raw();
  if (raw && raw->format == "ndjson" && nulls_ == nulls_written::no) {
    from.each_row([&](std::uint32_t row) {
      out += raw->text->string(row);
      out += '\n';
    });
    return;
  }
  learn_keys(from.shared_schema());
  from.each_row([&](std::uint32_t row) {
    if (from.orders() && from.orders()->of_row[row] != 0) {
      append_json_record(out, from, row, nulls_);
      out += '\n';
    } else {
      append_record(from, row, out);
    }
  });
}

}  // namespace weir::codecs
