#include <algorithm>
#include <utility>

#include "actors/codecs/ndjson_reader.hpp"

// The records that have the keys of the one before, in the same order, and mostly values of the
// same kinds: their values go into the columns' arrays a record at a time.
namespace weir::codecs {

// A key that comes twice makes a ring of the keys that followed each other; then no record is as is
// expected here, and all are read in the other way.
void ndjson_columns::learn_usual() {
  usual_.clear();
  usual_slots_.clear();
  for (slot* each = start_.next; each != nullptr && each->record == record_number_;
       each = each->next) {
    if (each->listed == record_number_) break;
    each->listed = record_number_;
    usual_.push_back({.name = &each->name, .key_size = each->name.member_size()});
    usual_slots_.push_back(each);
  }
  const auto has_escapes = [](const usual_member& each) { return each.key_size == 0; };
  if (usual_.empty() || std::any_of(usual_.begin(), usual_.end(), has_escapes)) {
    usual_.clear();
    return;
  }
  usual_.back().ends = '}';
}

ndjson_columns::usual_rows ndjson_columns::begin_usual(std::uint32_t base) {
  if (keys_ != 0) take_back();
  const auto is_met = [&](const slot* each) {
    return each->record >= first_of_chunk_ && (!each->wanted || each->column != none);
  };
  if (usual_.empty() || rows_ == 0 ||
      !std::all_of(usual_slots_.begin(), usual_slots_.end(), is_met))
    return {};
  base_ = base;
  text_ = data_->data() + base;
  found_ = 0;
  constexpr std::size_t rows_at_first = 16;
  const std::size_t rows_max =
      std::max<std::size_t>(chunk_cells_max / std::max<std::size_t>(active_.size(), 1), rows_);
  usual_end_ = std::min(2 * rows_ + rows_at_first, rows_max);
  std::size_t room = rows_max;
  for (std::size_t i = 0; i < usual_.size(); ++i) {
    slot& of = *usual_slots_[i];
    if (of.wanted) {
      of.values.fill_nulls(rows_);
      order_[found_++] = of.column;
    }
    open_usual(usual_[i], of);
    if (usual_[i].to.rows != 0) room = std::min(room, usual_[i].to.rows);
  }
  usual_end_ = room;
  return {.members = usual_, .begin = rows_, .end = static_cast<std::uint32_t>(room)};
}

// Of a declared type are only arrays of that type, so what may be put there needs no conversion.
void ndjson_columns::open_usual(usual_member& member, slot& of) {
  using kind = usual_member::kind;
  member.shared = of.shared;
  member.refers = false;
  member.to = of.wanted ? of.values.open(usual_end_) : column_builder::open_arrays();
  member.values = member.to.int64s != nullptr     ? kind::int64
                  : member.to.float64s != nullptr ? kind::float64
                  : member.to.strings != nullptr  ? kind::text
                  : of.is_read                    ? kind::other
                                                  : kind::ignored;
}

// The values of the rows in front of `row` are there.
void ndjson_columns::count_usual(const usual_member& member, slot& of, std::size_t row) {
  const std::size_t counted = of.values.size();
  if (row > counted) of.values.count(row - counted, member.refers);
}

bool ndjson_columns::take_usual(usual_member& member, std::size_t row, scanned_value& value) {
  slot& to = *usual_slots_[static_cast<std::size_t>(&member - usual_.data())];
  if (to.is_declared && !convert_declared(to, value)) return false;
  if (!to.wanted) return true;
  count_usual(member, to, row);
  append(to, value);
  open_usual(member, to);
  return true;
}

void ndjson_columns::end_usual(std::uint32_t rows_end) {
  for (std::size_t i = 0; i < usual_.size(); ++i) {
    slot& of = *usual_slots_[i];
    if (!of.wanted) continue;
    of.values.truncate(rows_end);
    count_usual(usual_[i], of, rows_end);
  }
  if (rows_end == rows_) return;
  ++record_number_;
  for (slot* each : usual_slots_) each->record = record_number_;
  const std::uint32_t first_row = std::exchange(rows_, rows_end);
  if (!std::is_sorted(order_.data(), order_.data() + found_)) note_order(first_row);
}

}  // namespace weir::codecs
