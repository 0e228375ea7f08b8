#include <fmt/format.h>

#include <algorithm>

#include "actors/codecs/convert.hpp"
#include "actors/codecs/ndjson_reader.hpp"
#include "runtime/data/json_text.hpp"

namespace weir::codecs {
namespace {

// Fewer keys than this are always remembered.
constexpr std::size_t slots_kept = 256;

}  // namespace

void ndjson_columns::begin_chunk(const buffer_ptr& data) {
  data_ = data;
  rows_ = 0;
  slots_seen_ = 0;
  ++chunk_number_;
}

void ndjson_columns::begin_record(std::uint32_t base) {
  base_ = base;
  follows_ = &first_;
  keys_ = 0;
  found_ = 0;
  ++record_number_;
  problem_.clear();
}

ndjson_columns::slot* ndjson_columns::find_slot(std::string_view name, bool escaped) {
  if (escaped) {
    scratch_.clear();
    append_unescaped(scratch_, name);
    name = scratch_;
  }
  if (const auto known = by_name_.find(name); known != by_name_.end()) return known->second;
  auto made = std::make_unique<slot>(slot{key_name(name)});
  made->wanted = options_.wants(name);
  made->type = options_.type_of(name);
  made->is_read = made->wanted || made->type != column_type::dynamic;
  by_name_.emplace(made->name.text(), made.get());
  return slots_.emplace_back(std::move(made)).get();
}

std::optional<std::vector<std::string>> ndjson_columns::names() const {
  if (forgot_) return std::nullopt;
  std::vector<std::string> list;
  for (const auto& s : slots_) list.push_back(s->name.text());
  return list;
}

ndjson_columns::wish ndjson_columns::too_many_keys() {
  problem_code_ = "too-many-keys";
  problem_ = fmt::format("a record of more than {} keys", keys_per_record_max);
  return wish::stop;
}

bool ndjson_columns::convert_declared() {
  const slot& in = *members_[found_].of;
  scanned_value& value = members_[found_].value;
  const auto fits = [&] {
    switch (in.type) {
      case column_type::dynamic:
        return true;
      case column_type::boolean:
        return value.kind == value_kind::boolean;
      case column_type::int64:
        return value.kind == value_kind::int64;
      case column_type::string:
        return value.kind == value_kind::string;
      case column_type::json:
        if (value.kind == value_kind::string) {
          --value.begin;
          ++value.end;
        }
        value.kind = value_kind::json;
        return true;
      case column_type::float64:
        if (value.kind == value_kind::int64) value.set_float64(static_cast<double>(value.int64));
        return value.kind == value_kind::float64;
      case column_type::timestamp:
      case column_type::duration:
      case column_type::bytes:
        break;
    }
    if (value.kind != value_kind::string) return false;
    scratch_.clear();
    if (value.escaped) append_unescaped(scratch_, text_of(value));
    const auto read = convert(value.escaped ? scratch_ : text_of(value), in.type);
    if (!read) return false;
    value.kind = read->kind;
    value.int64 = read->int64;
    return true;
  };
  if (value.kind == value_kind::null || fits()) return true;
  problem_code_ = "type-mismatch";
  problem_ = mismatch_reason(in.name.text(), text_of(value), in.type);
  return false;
}

void ndjson_columns::append(slot& to, const member& from) {
  const scanned_value& value = from.value;
  const std::string_view text = text_of(value);
  switch (value.kind) {
    case value_kind::null:
      to.values.append_null();
      break;
    case value_kind::boolean:
      to.values.append_boolean(value.int64 != 0);
      break;
    case value_kind::int64:
    case value_kind::timestamp:
    case value_kind::duration:
      to.values.append_int64(value.int64, value.kind);
      break;
    case value_kind::float64:
      to.values.append_shared_float64(value.float64, text, to.shared, base_ + value.begin);
      break;
    case value_kind::json:
      to.values.append_shared(text, to.shared, base_ + value.begin, value.kind);
      break;
    case value_kind::string:
      if (!value.escaped) {
        to.values.append_shared(text, to.shared, base_ + value.begin, value.kind);
        break;
      }
      scratch_.clear();
      append_unescaped(scratch_, text);
      to.values.append_text(scratch_);
      break;
    case value_kind::bytes:
      scratch_.clear();
      append_unescaped(scratch_, text);
      append_converted(to.values, {.kind = value_kind::bytes}, scratch_);
      break;
  }
}

bool ndjson_columns::has_room() const {
  if (rows_ == 0 || (active_.size() + found_) * (rows_ + 1) <= chunk_cells_max) return true;
  const auto is_new = [](const member& m) { return m.of->column == none; };
  const auto added = std::count_if(members_.begin(),
                                   members_.begin() + static_cast<std::ptrdiff_t>(found_), is_new);
  return (active_.size() + static_cast<std::size_t>(added)) * (rows_ + 1) <= chunk_cells_max;
}

void ndjson_columns::add_record() {
  bool ascending = true;
  std::uint32_t before = 0;
  for (std::size_t i = 0; i < found_; ++i) {
    const member& m = members_[i];
    slot& to = *m.of;
    if (to.column == none) {
      to.column = static_cast<std::uint32_t>(active_.size());
      to.shared = to.values.share(data_);
      active_.push_back(&to);
    }
    to.values.fill_nulls(rows_);
    append(to, m);
    ascending = ascending && before <= to.column;
    before = to.column;
  }
  ++rows_;
  if (!ascending) note_order();
}

void ndjson_columns::note_order() {
  order_.clear();
  for (std::size_t i = 0; i < found_; ++i) order_.push_back(members_[i].of->column);
  auto known = known_orders_.find(order_);
  if (known == known_orders_.end()) {
    orders_.orders.push_back(order_);
    known = known_orders_.emplace(order_, static_cast<std::uint32_t>(orders_.orders.size())).first;
  }
  orders_.of_row.resize(rows_);
  orders_.of_row.back() = known->second;
}

void ndjson_columns::finish_chunk(chunk::parts& out) {
  std::vector<field> fields;
  fields.reserve(active_.size());
  out.columns.reserve(active_.size());
  for (slot* each : active_) {
    slot& from = *each;
    from.values.fill_nulls(rows_);
    fields.push_back({from.name.text(), from.type});
    out.columns.push_back(from.values.finish());
  }
  // One schema for as long as the columns stay the same.
  if (!schema_ || schema_->fields() != fields)
    schema_ = std::make_shared<const schema>(std::move(fields));
  out.columns_schema = schema_;
  if (!orders_.orders.empty()) {
    orders_.of_row.resize(rows_);
    out.orders = std::make_shared<const key_orders>(std::move(orders_));
    orders_ = {};
    known_orders_.clear();
  }
  active_.clear();
  data_.reset();
  forget_rare();
}

// Input whose keys are always new must not fill the memory: once most of the keys that are
// remembered did not occur in a whole chunk, all are forgotten.
void ndjson_columns::forget_rare() {
  if (slots_.size() <= std::max(slots_kept, 4 * slots_seen_)) return;
  forgot_ = true;
  slots_.clear();
  by_name_.clear();
  first_ = nullptr;
}

}  // namespace weir::codecs
