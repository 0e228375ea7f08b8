#include "actors/support/field_columns.hpp"

#include <algorithm>
#include <cstring>
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

}  // namespace

field_columns::field_columns(const std::vector<field>& fields,
                             const std::optional<std::vector<std::string>>& wanted)
    : nulls_(fields.size()) {
  std::vector<field> made;
  for (const auto& f : fields) {
    slot& added = slots_.emplace_back();
    added.wanted = !wanted || std::find(wanted->begin(), wanted->end(), f.name) != wanted->end();
    if (added.wanted) made.push_back({f.name, f.type, true});
    if (f.type == column_type::string) {
      added.how = way::text;
      added.storage = storage_kind::string;
    } else if (const auto storage = whole_number_storage(f.type)) {
      added.how = way::number;
      added.storage = *storage;
    } else {
      built_.push_back(slots_.size() - 1);
    }
  }
  schema_ = std::make_shared<const schema>(std::move(made));
}

void field_columns::begin(std::span<const buffer_ptr> data, std::size_t rows_max) {
  data_.assign(data.begin(), data.end());
  rows_max_ = rows_max;
  row_ = 0;
  if (!unwanted_ || unwanted_->capacity() < rows_max * sizeof(string_ref))
    unwanted_ = std::make_shared<buffer>(rows_max * sizeof(string_ref));
  for (auto& s : slots_) {
    s.valid = nullptr;
    s.nulls = s.longest = 0;
    if (s.how == way::built) {
      for (const auto& d : data_) s.builder.share(d);
      continue;
    }
    const auto width = s.how == way::text ? sizeof(string_ref) : sizeof(std::int64_t);
    s.values = s.wanted ? std::make_shared<buffer>(rows_max * width) : unwanted_;
    if (s.how == way::text) {
      s.texts = s.values->as<string_ref>(rows_max).data();
    } else {
      s.numbers = s.values->as<std::int64_t>(rows_max).data();
    }
  }
}

void field_columns::set(std::size_t field, const value_view& value) {
  slot& to = slots_[field];
  if (value.kind == value_kind::null) return set_null(field);
  if (to.how == way::text) return set_text(field, value.text);
  if (to.how == way::number) return set_number(field, value.int64);
  to.pending = value;
}

void field_columns::add_nulls() {
  for (std::size_t i = 0; i < null_count_; ++i) {
    slot& to = slots_[nulls_[i]];
    ++to.nulls;
    if (to.how == way::built) {
      to.pending = {};
      continue;
    }
    if (to.valid == nullptr) {
      const auto words = (rows_max_ + 63) / 64;
      to.validity = std::make_shared<buffer>(words * sizeof(std::uint64_t));
      to.valid = to.validity->as<std::uint64_t>(words).data();
      std::fill_n(to.valid, words, ~std::uint64_t{0});
    }
    to.valid[row_ >> 6] &= ~(std::uint64_t{1} << (row_ & 63));
    // What loops that do not look for nulls may read.
    if (to.how == way::text) {
      to.texts[row_] = {};
    } else {
      to.numbers[row_] = 0;
    }
  }
}

void field_columns::add_built() {
  for (const auto f : built_) {
    slot& to = slots_[f];
    const value_view& value = to.pending;
    if (value.text.size() <= string_ref::inline_max) {
      to.builder.append(value);
      continue;
    }
    const auto offset = static_cast<std::uint32_t>(value.text.data() - origin_);
    if (value.kind == value_kind::float64) {
      to.builder.append_shared_float64(value.float64, value.text, buffer_, offset);
    } else {
      to.builder.append_shared(value.text, buffer_, offset, value.kind);
    }
  }
}

column_ptr field_columns::finish_column(slot& of) const {
  if (of.how == way::built) return of.builder.finish();
  if (of.nulls == row_) return column::nulls(row_);
  column::parts parts{.storage = of.storage, .size = row_, .values = std::move(of.values)};
  if (of.valid != nullptr) {
    // Bits behind the last row are not set.
    if (row_ % 64 != 0) of.valid[row_ >> 6] &= (std::uint64_t{1} << (row_ & 63)) - 1;
    parts.validity = std::move(of.validity);
  }
  if (of.how == way::text && of.longest > string_ref::inline_max) parts.data = data_;
  return column::of(std::move(parts));
}

chunk_ptr field_columns::finish() {
  chunk::parts parts;
  parts.columns_schema = schema_;
  parts.rows = static_cast<std::uint32_t>(row_);
  for (auto& s : slots_) {
    auto made = finish_column(s);
    if (s.wanted) parts.columns.push_back(std::move(made));
  }
  data_.clear();
  return make_chunk(std::move(parts));
}

}  // namespace weir
