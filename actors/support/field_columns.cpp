#include "actors/support/field_columns.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace weir {
namespace {

std::optional<storage_kind> whole_number_storage(column_type type) {
  switch (type) {
    case column_type::int64:
      return storage_kind::int64;
    case column_type::timestamp:
      return storage_kind::timestamp;
    case column_type::duration:
      return storage_kind::duration;
    default:
      return std::nullopt;
  }
}

std::size_t words_for(std::size_t rows) { return (rows + 63) / 64; }

}  // namespace

field_columns::field_columns(const std::vector<field>& fields,
                             const std::optional<std::vector<std::string>>& wanted)
    : slots_(fields.size()), targets_(fields.size()) {
  std::vector<field> made;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const field& f = fields[i];
    slots_[i].wanted =
        !wanted || std::find(wanted->begin(), wanted->end(), f.name) != wanted->end();
    if (slots_[i].wanted) made.push_back({f.name, f.type, true});
    if (f.type == column_type::string) {
      targets_[i].how = way::text;
      slots_[i].storage = storage_kind::string;
    } else if (const auto storage = whole_number_storage(f.type)) {
      targets_[i].how = way::number;
      slots_[i].storage = *storage;
    } else {
      built_.push_back(i);
    }
  }
  schema_ = std::make_shared<const schema>(std::move(made));
}

void field_columns::begin(std::span<const buffer_ptr> data, std::size_t rows_max) {
  data_.assign(data.begin(), data.end());
  row_ = 0;
  if (!unwanted_ || unwanted_->capacity() < rows_max * sizeof(string_ref))
    unwanted_ = std::make_shared<buffer>(rows_max * sizeof(string_ref));
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    slot& s = slots_[i];
    target& to = targets_[i];
    s.valid.assign(words_for(rows_max), ~std::uint64_t{0});
    to.valid = s.valid.data();
    to.is_far = false;
    if (to.how == way::built) {
      for (const auto& d : data_) s.builder.share(d);
      continue;
    }
    const auto width = to.how == way::text ? sizeof(string_ref) : sizeof(std::int64_t);
    s.values = s.wanted ? std::make_shared<buffer>(rows_max * width) : unwanted_;
    if (to.how == way::text) {
      to.texts = s.values->as<string_ref>(rows_max).data();
    } else {
      to.numbers = s.values->as<std::int64_t>(rows_max).data();
    }
  }
}

void field_columns::row::set(std::size_t field, const value_view& value) const {
  if (value.kind == value_kind::null) return set_null(field);
  target& to = targets_[field];
  if (to.how == way::text) return set_text(field, value.text);
  if (to.how == way::number) return set_number(field, value.int64);
  to.pending = value;
}

void field_columns::drop_row() {
  for (auto& to : targets_) to.valid[row_ >> 6] |= std::uint64_t{1} << (row_ & 63);
}

void field_columns::add_built(const row& from) {
  for (const auto f : built_) {
    const target& of = targets_[f];
    column_builder& to = slots_[f].builder;
    const value_view& value = of.pending;
    const auto offset = static_cast<std::uint32_t>(value.text.data() - from.origin_);
    if ((of.valid[row_ >> 6] >> (row_ & 63) & 1) == 0) {
      to.append_null();
    } else if (value.text.size() <= string_ref::inline_max) {
      to.append(value);
    } else if (value.kind == value_kind::float64) {
      to.append_shared_float64(value.float64, value.text, from.buffer_, offset);
    } else {
      to.append_shared(value.text, from.buffer_, offset, value.kind);
    }
  }
}

column_ptr field_columns::finish_column(std::size_t field) {
  slot& of = slots_[field];
  const target& to = targets_[field];
  if (to.how == way::built) return of.builder.finish();
  const auto words = words_for(row_);
  // Bits behind the last row are not set.
  if (row_ % 64 != 0) of.valid[row_ >> 6] &= (std::uint64_t{1} << (row_ & 63)) - 1;
  std::size_t valid_rows = 0;
  for (std::size_t i = 0; i < words; ++i)
    valid_rows += static_cast<std::size_t>(std::popcount(of.valid[i]));
  if (valid_rows == 0) return column::nulls(row_);
  column::parts parts{.storage = of.storage, .size = row_, .values = std::move(of.values)};
  if (valid_rows != row_)
    parts.validity = copy_to_buffer(
        {reinterpret_cast<const char*>(of.valid.data()), words * sizeof(std::uint64_t)});
  if (to.is_far) parts.data = data_;
  return column::of(std::move(parts));
}

chunk_ptr field_columns::finish() {
  chunk::parts parts;
  parts.columns_schema = schema_;
  parts.rows = static_cast<std::uint32_t>(row_);
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    auto made = finish_column(i);
    if (slots_[i].wanted) parts.columns.push_back(std::move(made));
  }
  data_.clear();
  return make_chunk(std::move(parts));
}

}  // namespace weir
