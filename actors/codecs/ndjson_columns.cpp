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
  columns_added_ = 0;
  first_of_chunk_ = record_number_ += 2;
}

void ndjson_columns::begin_record(std::uint32_t base) {
  if (keys_ != 0) take_back();
  base_ = base;
  text_ = data_->data() + base;
  last_ = &start_;
  found_ = 0;
  ++record_number_;
  problem_.clear();
}

// A record was read that is not added.
void ndjson_columns::take_back() {
  for (std::size_t i = columns_added_; i < active_.size(); ++i) {
    active_[i]->values.finish();
    active_[i]->column = none;
  }
  active_.resize(columns_added_);
  for (slot* each : active_) each->values.truncate(rows_);
  keys_ = 0;
  has_room_ = true;
  ++record_number_;
}

// Of a key that the record before has not, or has no more, or that comes twice.
ndjson_columns::wish ndjson_columns::meet(slot& at) {
  if (at.record == record_number_) return wish::skip;
  if (at.record < first_of_chunk_) {
    at.column = none;
    ++slots_seen_;
  }
  at.record = record_number_;
  if (!at.wanted) return at.is_read ? wish::take : wish::skip;
  if (at.column == none && !begin_column(at)) return wish::skip;
  at.values.fill_nulls(rows_);
  return wish::take;
}

// False: the chunk would have too many cells. The record is read again, for the next one.
bool ndjson_columns::begin_column(slot& of) {
  has_room_ = has_room_ && (rows_ == 0 || (active_.size() + 1) * (rows_ + 1) <= chunk_cells_max);
  if (!has_room_) return false;
  of.column = static_cast<std::uint32_t>(active_.size());
  of.shared = of.values.share(data_);
  active_.push_back(&of);
  order_.resize(std::max(order_.size(), active_.size()));
  return true;
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
  made->is_declared = made->type != column_type::dynamic;
  made->is_read = made->wanted || made->is_declared;
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

bool ndjson_columns::convert_declared(const slot& in, scanned_value& value) {
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

// What is neither a number nor a string as it stands.
void ndjson_columns::append_other(slot& to, const scanned_value& value) {
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
      to.values.append_float64(value.float64, text);
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

void ndjson_columns::add_record() {
  ++rows_;
  columns_added_ = active_.size();
  keys_ = 0;
  if (!std::is_sorted(order_.data(), order_.data() + found_)) note_order(rows_ - 1);
}

// The rows from `first_row` on have the order at hand.
void ndjson_columns::note_order(std::uint32_t first_row) {
  scratch_order_.assign(order_.data(), order_.data() + found_);
  auto known = known_orders_.find(scratch_order_);
  if (known == known_orders_.end()) {
    orders_.orders.push_back(scratch_order_);
    known = known_orders_.emplace(scratch_order_, static_cast<std::uint32_t>(orders_.orders.size()))
                .first;
  }
  orders_.of_row.resize(first_row);
  orders_.of_row.resize(rows_, known->second);
}

void ndjson_columns::finish_chunk(chunk::parts& out) {
  if (keys_ != 0) take_back();
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
  usual_.clear();
  usual_slots_.clear();
  slots_.clear();
  by_name_.clear();
  start_.next = nullptr;
}

}  // namespace weir::codecs
