#include "actors/support/text_table.hpp"

#include <algorithm>
#include <optional>

#include "runtime/data/records.hpp"

namespace weir {
namespace {

// Characters, not bytes: what a terminal shows of most texts.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

void pad(text_buffer& out, std::size_t count) {
  out.append_by([&](std::string& text) { text.append(count, ' '); });
}

// A value on one line of a table: control characters, which would move the cursor, as spaces.
std::string shown(const value_view& value) {
  std::string text;
  if (value.kind == value_kind::string) {
    text = value.text;
  } else if (value.kind != value_kind::null) {
    append_json(text, value);
    if (text.size() >= 2 && text.front() == '"') text = text.substr(1, text.size() - 2);
  }
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
  if (width_of(text) <= text_table::value_width_max) return text;
  std::size_t end = 0;
  for (std::size_t seen = 0; seen + 1 < text_table::value_width_max; ++seen) {
    ++end;
    while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) ++end;
  }
  return text.substr(0, end) + "…";
}

bool is_number(value_kind kind) { return kind == value_kind::int64 || kind == value_kind::float64; }

}  // namespace

// Makes the chunk's columns those of the table, if they are not yet; false: others come behind rows
// that are already written or kept.
bool text_table::take_columns(const chunk& from) {
  for (const auto& f : from.schema().fields()) {
    const auto same = [&](const table_column& c) { return c.name == f.name; };
    if (std::any_of(columns_.begin(), columns_.end(), same)) continue;
    if (header_written_) return false;
    columns_.push_back({f.name, width_of(f.name)});
    for (auto& row : kept_) row.emplace_back();
  }
  return true;
}

void text_table::write(const chunk& from, text_buffer& out, std::vector<codecs::refused_record>&) {
  if (!take_columns(from)) {
    out += '\n';
    columns_.clear();
    header_written_ = false;
    take_columns(from);
  }
  std::vector<const column*> values;
  for (const auto& c : columns_) values.push_back(from.find(c.name));
  from.each_row([&](std::uint32_t row) {
    table_row cells;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const value_view value = values[i] != nullptr ? values[i]->at(row) : value_view{};
      cells.push_back({shown(value), is_number(value.kind)});
      if (header_written_) continue;
      columns_[i].width = std::max(columns_[i].width, width_of(cells.back().text));
      if (value.kind != value_kind::null && !cells.back().number) columns_[i].numbers = false;
    }
    if (header_written_) {
      append_row(cells, out);
      return;
    }
    kept_.push_back(std::move(cells));
    if (kept_.size() == rows_looked_at) let_go(out);
  });
}

void text_table::let_go(text_buffer& out) {
  if (kept_.empty()) return;
  append_header(out);
  header_written_ = true;
  for (const auto& row : kept_) append_row(row, out);
  kept_.clear();
}

void text_table::append_header(text_buffer& out) const {
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const auto& c = columns_[i];
    const std::size_t gap = c.width - std::min(c.width, width_of(c.name));
    if (i > 0) out += "  ";
    if (c.numbers) pad(out, gap);
    out += c.name;
    if (!c.numbers && i + 1 < columns_.size()) pad(out, gap);
  }
  out += '\n';
}

void text_table::append_row(const table_row& row, text_buffer& out) const {
  for (std::size_t i = 0; i < row.size(); ++i) {
    const std::size_t width = width_of(row[i].text);
    const std::size_t gap = columns_[i].width - std::min(columns_[i].width, width);
    if (i > 0) out += "  ";
    if (row[i].number) pad(out, gap);
    out += row[i].text;
    if (!row[i].number && i + 1 < row.size()) pad(out, gap);
  }
  out += '\n';
}

}  // namespace weir
